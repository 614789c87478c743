/** A trained model as a predictor asks it, whatever it is: what it hears of a recording, and what it makes of that. */
import { padTo } from '../audio/load';
import { resample } from '../audio/resample';
import type { Signal } from '../audio/signal';
import { AUDIO, SPECTRUM } from '../config';
import { EMOTIONS } from '../data/labels';
import type { FeatureMatrix } from '../features/mfcc';
import { coefficientsOf, FEATURE_KINDS, type FeatureKind, modelFeatures } from '../features/model-features';
import { utteranceVersions } from '../features/utterance/versions';
import { loadModel, outputsOf } from '../model/model-file';
import { object, oneOf } from '../schema';
import type { tf } from '../tensorflow';
import { mapInThreads } from '../threads';
import { CONVOLUTIONAL_FILE, Recogniser } from '../training/convolutional-model';
import { predictRows } from '../training/predict-rows';
import { fusionsSchema, RECOMMENDED_FILE } from '../training/recommended-recipe';
import { applyScaler, type FeatureScaler, scalerSchema } from '../training/scaler';
import type { RunSection } from '../training/section';
import { loadSentences, SENTENCE_FILE } from '../training/sentence-model';
import { askUtterances, UTTERANCE_FILE, type UtteranceModel, utteranceSchema } from '../training/utterance-recipe';
import { RecommendedListener, SentenceListener, SpectrogramListener } from './recommended-listeners';

/** What a model makes of sounds. */
export interface ModelAnswers {
  /** Before calibration, [sounds × emotions]. */
  probabilities: Float32Array;
  /** Whether each sound is of a sentence that the model learned from; absent where it does not tell sentences. */
  known?: readonly boolean[];
}

/** What a predictor needs of a model. */
export interface LoadedModel {
  /** Number of emotions that it tells apart. */
  readonly outputs: number;
  /** The part of a recording that it listens to, at whatever sample rate it wants. */
  hear(whole: Signal): Signal;
  /**
   * Its answers about sounds as `hear` cuts them, or about stretches of 2.4 s.
   *
   * @param options.known whether they are taken for sentences that taught; default as each sounds
   */
  ask(sounds: readonly Signal[], options?: { known?: boolean }): Promise<ModelAnswers>;
  /** Frees it. */
  dispose(): void;
}

/**
 * The model of a section.
 *
 * @param speeds at which linear models are played each recording; default those that taught
 * @throws SerError `bad-artefact` without one, or if its files are damaged
 */
export async function loadSection(section: RunSection, speeds?: readonly number[]): Promise<LoadedModel> {
  if (section.has(UTTERANCE_FILE)) {
    return new UtteranceListener(section.readJson(UTTERANCE_FILE, utteranceSchema), speeds);
  }
  if (section.has(CONVOLUTIONAL_FILE)) return new SpectrogramListener(await Recogniser.load(section));
  if (section.has(SENTENCE_FILE)) return new SentenceListener(loadSentences(section), speeds);
  if (section.has(RECOMMENDED_FILE)) {
    const fusions = section.readJson(RECOMMENDED_FILE, fusionsSchema);
    const parts = {
      sentence: loadSentences(section.section('sentence')),
      utterance: section.section('utterance').readJson(UTTERANCE_FILE, utteranceSchema),
      convolutional: new SpectrogramListener(await Recogniser.load(section.section('convolutional'))),
    };
    return new RecommendedListener(parts, fusions, speeds);
  }
  const { kind } = section.readJson('features.json', object({ kind: oneOf(FEATURE_KINDS) }));
  const coefficients = coefficientsOf(kind);
  const scaler = section.readJson('scaler.json', scalerSchema(coefficients));
  const model = await loadModel(section.existingFile('model'), { input: [SPECTRUM.frames, coefficients, 1] });
  return new NetworkListener(model, scaler, kind);
}

/** One network on features of 2.4 s. */
export class NetworkListener implements LoadedModel {
  readonly outputs: number;

  constructor(
    private readonly model: tf.LayersModel,
    private readonly scaler: FeatureScaler,
    /** What it reads. */
    readonly features: FeatureKind,
  ) {
    this.outputs = outputsOf(model);
  }

  /** 2.4 s from 0.6 s on, as in training; a recording that ends before 1.8 s is heard from its start. */
  hear(whole: Signal): Signal {
    // Cut before resampling, as in training, so that the edges come out the same.
    const seconds = whole.samples.length / whole.sampleRate;
    const offset = seconds < AUDIO.offset + AUDIO.duration / 2 ? 0 : AUDIO.offset;
    const first = Math.floor(offset * whole.sampleRate);
    const samples = whole.samples.subarray(first, first + Math.floor(AUDIO.duration * whole.sampleRate));
    return padTo(resample({ ...whole, samples }, AUDIO.sampleRate), AUDIO.samples);
  }

  async ask(sounds: readonly Signal[]): Promise<ModelAnswers> {
    return { probabilities: this.askFeatures(sounds.map((sound) => modelFeatures(sound, this.features))) };
  }

  /** Probabilities of features of the kind that it reads, [matrices × emotions]. */
  askFeatures(matrices: readonly FeatureMatrix[]): Float32Array {
    const [{ frames, coefficients }] = matrices;
    const features = new Float32Array(matrices.length * frames * coefficients);
    matrices.forEach(({ values }, index) => {
      features.set(applyScaler(values, this.scaler), index * values.length);
    });
    const none = new Int32Array(matrices.length);
    return predictRows(this.model, { features, labels: none, clips: none, frames, coefficients });
  }

  dispose(): void {
    this.model.dispose();
  }
}

/** Linear models on whole utterances. */
class UtteranceListener implements LoadedModel {
  readonly outputs = EMOTIONS.length;

  constructor(
    private readonly model: UtteranceModel,
    private readonly speeds: readonly number[] = model.settings.speeds,
  ) {}

  hear(whole: Signal): Signal {
    return whole;
  }

  async ask(sounds: readonly Signal[]): Promise<ModelAnswers> {
    return { probabilities: askUtterances(this.model, await versionsOf(sounds, this.speeds)) };
  }

  dispose(): void {}
}

const VERSIONS = { file: require.resolve('../features/utterance/versions'), name: 'utteranceVersions' };

/** The vectors of each sound; of several on all cores, since one takes about 50 ms at five speeds. */
async function versionsOf(sounds: readonly Signal[], speeds: readonly number[]): Promise<Float32Array[]> {
  if (sounds.length === 1) return [utteranceVersions(sounds[0], { speeds })];
  return mapInThreads(VERSIONS, sounds, { speeds });
}
