/** Trained models of any type behind one interface: selection of the input and prediction. */
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
import { RecommendedPredictor, SentencePredictor, SpectrogramPredictor } from './recommended-predictors';

/** Output of a model for several sounds. */
export interface ModelPrediction {
  /** Before calibration, [sounds × emotions]. */
  probabilities: Float32Array;
  /** True for each sound that is a trained sentence; absent if the model does not recognise sentences. */
  known?: readonly boolean[];
}

/** A model that a predictor can use. */
export interface LoadedModel {
  /** Number of emotions in the output. */
  readonly outputs: number;
  /** Part of a recording that is the model's input, at the sample rate that the model needs. */
  inputOf(whole: Signal): Signal;
  /**
   * Predictions for sounds as returned by `inputOf`, or for windows of 2.4 s.
   *
   * @param options.known true treats the sounds as trained sentences, false as others; default decided for each sound
   */
  predict(sounds: readonly Signal[], options?: { known?: boolean }): Promise<ModelPrediction>;
  /** Frees the model. */
  dispose(): void;
}

/**
 * Loads the model in a section.
 *
 * @param speeds playback speeds for the linear models; default the speeds used in training
 * @throws SerError `bad-artefact` if there is no model, or its files are damaged
 */
export async function loadSection(section: RunSection, speeds?: readonly number[]): Promise<LoadedModel> {
  if (section.has(UTTERANCE_FILE)) {
    return new UtterancePredictor(section.readJson(UTTERANCE_FILE, utteranceSchema), speeds);
  }
  if (section.has(CONVOLUTIONAL_FILE)) return new SpectrogramPredictor(await Recogniser.load(section));
  if (section.has(SENTENCE_FILE)) return new SentencePredictor(loadSentences(section), speeds);
  if (section.has(RECOMMENDED_FILE)) {
    const fusions = section.readJson(RECOMMENDED_FILE, fusionsSchema);
    const parts = {
      sentence: loadSentences(section.section('sentence')),
      utterance: section.section('utterance').readJson(UTTERANCE_FILE, utteranceSchema),
      convolutional: new SpectrogramPredictor(await Recogniser.load(section.section('convolutional'))),
    };
    return new RecommendedPredictor(parts, fusions, speeds);
  }
  const { kind } = section.readJson('features.json', object({ kind: oneOf(FEATURE_KINDS) }));
  const coefficients = coefficientsOf(kind);
  const scaler = section.readJson('scaler.json', scalerSchema(coefficients));
  const model = await loadModel(section.existingFile('model'), { input: [SPECTRUM.frames, coefficients, 1] });
  return new NetworkPredictor(model, scaler, kind);
}

/** A single network on the features of 2.4 s. */
export class NetworkPredictor implements LoadedModel {
  readonly outputs: number;

  constructor(
    private readonly model: tf.LayersModel,
    private readonly scaler: FeatureScaler,
    /** Type of the input features. */
    readonly features: FeatureKind,
  ) {
    this.outputs = outputsOf(model);
  }

  /** 2.4 s from 0.6 s, as in training; from the start if the recording ends before 1.8 s. */
  inputOf(whole: Signal): Signal {
    // Cut before resampling, as in training, so that the edges come out the same.
    const seconds = whole.samples.length / whole.sampleRate;
    const offset = seconds < AUDIO.offset + AUDIO.duration / 2 ? 0 : AUDIO.offset;
    const first = Math.floor(offset * whole.sampleRate);
    const samples = whole.samples.subarray(first, first + Math.floor(AUDIO.duration * whole.sampleRate));
    return padTo(resample({ ...whole, samples }, AUDIO.sampleRate), AUDIO.samples);
  }

  async predict(sounds: readonly Signal[]): Promise<ModelPrediction> {
    return { probabilities: this.predictFeatures(sounds.map((sound) => modelFeatures(sound, this.features))) };
  }

  /** Probabilities for features of type `features`, [matrices × emotions]. */
  predictFeatures(matrices: readonly FeatureMatrix[]): Float32Array {
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
class UtterancePredictor implements LoadedModel {
  readonly outputs = EMOTIONS.length;

  constructor(
    private readonly model: UtteranceModel,
    private readonly speeds: readonly number[] = model.settings.speeds,
  ) {}

  inputOf(whole: Signal): Signal {
    return whole;
  }

  async predict(sounds: readonly Signal[]): Promise<ModelPrediction> {
    return { probabilities: askUtterances(this.model, await versionsOf(sounds, this.speeds)) };
  }

  dispose(): void {}
}

const VERSIONS = { file: require.resolve('../features/utterance/versions'), name: 'utteranceVersions' };

/** Utterance vectors of each sound; several sounds use all cores, since one takes about 50 ms at five speeds. */
async function versionsOf(sounds: readonly Signal[], speeds: readonly number[]): Promise<Float32Array[]> {
  if (sounds.length === 1) return [utteranceVersions(sounds[0], { speeds })];
  return mapInThreads(VERSIONS, sounds, { speeds });
}
