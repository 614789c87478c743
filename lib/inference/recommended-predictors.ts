/** Predictors of the recommended model and its parts. */
import type { Signal } from '../audio/signal';
import { EMOTIONS } from '../data/labels';
import type { HeardVersions, SentenceOptions } from '../features/sentence/versions';
import { clipSpectrogram, SPECTROGRAM } from '../features/utterance/clip-spectrogram';
import { mapInThreads } from '../threads';
import type { Recogniser } from '../training/convolutional-model';
import { fuseParts, type RecommendedFusions } from '../training/recommended-recipe';
import { askSentences, isKnown, type SentenceModel } from '../training/sentence-model';
import { askUtterances, type UtteranceModel } from '../training/utterance-recipe';
import type { LoadedModel, ModelPrediction } from './loaded-model';

/** Convolutional networks on spectrograms. */
export class SpectrogramPredictor implements LoadedModel {
  readonly outputs = EMOTIONS.length;

  constructor(private readonly model: Recogniser) {}

  inputOf(whole: Signal): Signal {
    return whole;
  }

  async predict(sounds: readonly Signal[]): Promise<ModelPrediction> {
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
export class SentencePredictor implements LoadedModel {
  readonly outputs = EMOTIONS.length;

  constructor(
    private readonly model: SentenceModel,
    /** Playback speeds of each recording. */
    private readonly speeds: readonly number[] = model.settings.utterance.speeds,
  ) {}

  inputOf(whole: Signal): Signal {
    return whole;
  }

  async predict(sounds: readonly Signal[]): Promise<ModelPrediction> {
    const versions = await versionsOf(sounds, { aligner: this.model.aligner, speeds: this.speeds });
    return { probabilities: askSentences(this.model, versions), known: versions.map(isKnown) };
  }

  dispose(): void {}
}

/** The parts of the recommended model, loaded. */
export interface RecommendedParts {
  sentence: SentenceModel;
  utterance: UtteranceModel;
  convolutional: LoadedModel;
}

/** All parts combined. Their input is the whole recording. */
export class RecommendedPredictor implements LoadedModel {
  readonly outputs = EMOTIONS.length;

  constructor(
    private readonly parts: RecommendedParts,
    private readonly fusions: RecommendedFusions,
    /** Playback speeds of each recording, for the linear models. */
    private readonly speeds: readonly number[] = parts.utterance.settings.speeds,
  ) {}

  inputOf(whole: Signal): Signal {
    return whole;
  }

  async predict(sounds: readonly Signal[], options: { known?: boolean } = {}): Promise<ModelPrediction> {
    const { sentence, utterance, convolutional } = this.parts;
    // Other threads extract the linear models' features while this one runs the networks.
    const extraction = versionsOf(sounds, { aligner: sentence.aligner, speeds: this.speeds });
    const [versions, { probabilities: neural }] = await Promise.all([extraction, convolutional.predict(sounds)]);
    const known = versions.map((own) => options.known ?? isKnown(own));
    const predictions = {
      sentence: askSentences(sentence, versions),
      utterance: askUtterances(
        utterance,
        versions.map(({ utterances }) => utterances),
      ),
      convolutional: neural,
      known,
    };
    return { probabilities: fuseParts(predictions, this.fusions), known };
  }

  dispose(): void {
    this.parts.convolutional.dispose();
  }
}

const VERSIONS = { file: require.resolve('../features/sentence/versions'), name: 'heardVersions' };

/** Input of the linear models for each sound, in threads, since one sound takes about 60 ms at five speeds. */
function versionsOf(sounds: readonly Signal[], options: SentenceOptions): Promise<HeardVersions[]> {
  return mapInThreads(VERSIONS, sounds, options);
}
