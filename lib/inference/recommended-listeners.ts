/** The recommended model and its parts as a predictor asks them. */
import type { Signal } from '../audio/signal';
import { EMOTIONS } from '../data/labels';
import type { HeardVersions, SentenceOptions } from '../features/sentence/versions';
import { clipSpectrogram, SPECTROGRAM } from '../features/utterance/clip-spectrogram';
import { mapInThreads } from '../threads';
import type { Recogniser } from '../training/convolutional-model';
import { fuseParts, type RecommendedFusions } from '../training/recommended-recipe';
import { askSentences, isKnown, type SentenceModel } from '../training/sentence-model';
import { askUtterances, type UtteranceModel } from '../training/utterance-recipe';
import type { LoadedModel, ModelAnswers } from './loaded-model';

/** Convolutional networks on spectrograms. */
export class SpectrogramListener implements LoadedModel {
  readonly outputs = EMOTIONS.length;

  constructor(private readonly model: Recogniser) {}

  hear(whole: Signal): Signal {
    return whole;
  }

  async ask(sounds: readonly Signal[]): Promise<ModelAnswers> {
    const { frames, bands } = SPECTROGRAM;
    const values = new Float32Array(sounds.length * frames * bands);
    sounds.forEach((sound, index) => {
      values.set(clipSpectrogram(sound), index * frames * bands);
    });
    return { probabilities: this.model.ask({ values, frames, bands }) };
  }

  dispose(): void {
    this.model.dispose();
  }
}

/** Linear models on the sounds of a sentence. */
export class SentenceListener implements LoadedModel {
  readonly outputs = EMOTIONS.length;

  constructor(
    private readonly model: SentenceModel,
    /** At which each recording is played. */
    private readonly speeds: readonly number[] = model.settings.utterance.speeds,
  ) {}

  hear(whole: Signal): Signal {
    return whole;
  }

  async ask(sounds: readonly Signal[]): Promise<ModelAnswers> {
    const heard = await heardBy(sounds, { aligner: this.model.aligner, speeds: this.speeds });
    return { probabilities: askSentences(this.model, heard), known: heard.map(isKnown) };
  }

  dispose(): void {}
}

/** The parts of the recommended model, loaded. */
export interface RecommendedParts {
  sentence: SentenceModel;
  utterance: UtteranceModel;
  convolutional: LoadedModel;
}

/** All parts as one; they listen to whole recordings. */
export class RecommendedListener implements LoadedModel {
  readonly outputs = EMOTIONS.length;

  constructor(
    private readonly parts: RecommendedParts,
    private readonly fusions: RecommendedFusions,
    /** At which each recording is played to the linear models. */
    private readonly speeds: readonly number[] = parts.utterance.settings.speeds,
  ) {}

  hear(whole: Signal): Signal {
    return whole;
  }

  async ask(sounds: readonly Signal[], options: { known?: boolean } = {}): Promise<ModelAnswers> {
    const { sentence, utterance, convolutional } = this.parts;
    // Other threads listen while this one asks the networks.
    const listening = heardBy(sounds, { aligner: sentence.aligner, speeds: this.speeds });
    const [heard, { probabilities: neural }] = await Promise.all([listening, convolutional.ask(sounds)]);
    const known = heard.map((own) => options.known ?? isKnown(own));
    const answers = {
      sentence: askSentences(sentence, heard),
      utterance: askUtterances(
        utterance,
        heard.map(({ utterances }) => utterances),
      ),
      convolutional: neural,
      known,
    };
    return { probabilities: fuseParts(answers, this.fusions), known };
  }

  dispose(): void {
    this.parts.convolutional.dispose();
  }
}

const VERSIONS = { file: require.resolve('../features/sentence/versions'), name: 'heardVersions' };

/** What linear models see of each sound, in threads, since one takes about 60 ms at five speeds. */
function heardBy(sounds: readonly Signal[], options: SentenceOptions): Promise<HeardVersions[]> {
  return mapInThreads(VERSIONS, sounds, options);
}
