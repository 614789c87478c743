/** What a family of models provides: how it is trained, and how a trained model is loaded and used. */
import type { Signal } from '../audio/signal';
import { EMOTIONS } from '../data/labels';
import type { FeatureMatrix } from '../features/mel/mfcc';
import type { FeatureKind } from '../features/model-features';
import type { FeatureScaler } from '../features/scaler';
import type { tf } from '../tensorflow';
import type { Recipe } from '../training/recipe';
import type { ArtefactFolder } from '../training/runs/artefact-folder';

/** A family of models: one folder of `lib/models`, listed in the registry. */
export interface ModelFamily {
  /** Recipes by the name that the parameter `model` takes. */
  readonly recipes: Readonly<Record<string, Recipe>>;
  /** File that marks an artefact folder of this family. */
  readonly file: string;
  /**
   * Loads a trained model.
   *
   * @throws SerError `bad-artefact` if its files are missing, damaged or made by other code
   */
  load(artefacts: ArtefactFolder, options: LoadOptions): Promise<LoadedModel>;
}

/** Options of `ModelFamily.load`. */
export interface LoadOptions {
  /** Read each recording at one playback speed instead of five, where the family has speeds; default false. */
  quick?: boolean;
  /** Mean and deviation of the speaker's own recordings, which the general model removes; others ignore it. */
  profile?: FeatureScaler;
}

/** Output of a model for several sounds. */
export interface ModelPrediction {
  /** Before calibration, [sounds × emotions]. */
  probabilities: Float32Array;
  /** True for each sound that is a trained sentence; absent if the model does not recognise sentences. */
  known?: readonly boolean[];
}

/** A trained model. */
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
  /** Prediction from features, for models that read nothing else. */
  readonly network?: FeatureModel;
  /** Frees the model. */
  dispose(): void;
}

/** A network on the features of 2.4 s. */
export interface FeatureModel {
  readonly kind: FeatureKind;
  /** Probabilities, [matrices × emotions]. */
  predict(matrices: readonly FeatureMatrix[]): Float32Array;
}

/** A model of the eight emotions whose input is the whole recording. */
export function wholeRecordingModel(
  predict: LoadedModel['predict'],
  dispose: LoadedModel['dispose'] = () => {},
): LoadedModel {
  return { outputs: EMOTIONS.length, inputOf: (whole) => whole, predict, dispose };
}

/** Layers of a network as text; disposes the network. */
export function describeNetwork(model: tf.LayersModel): string {
  const lines: string[] = [];
  model.summary(100, undefined, (line: string) => lines.push(line));
  model.dispose();
  return lines.join('\n');
}
