/**
 * Recipes: the interface of all trainable models, whether one network or an ensemble with features of its own.
 *
 * recipe + features → trainer, once; trainer + fold → model, fold by fold; model + clips → probabilities.
 *
 * A trainer gets the training and validation sides of a fold, never the test side. It fits scalers and augments on the
 * training side, and selects epochs, fusion weights and the like on the validation side.
 */
import type { FeatureStore } from '../features/store/store';
import type { JsonValue } from './callbacks/callback';
import type { Row, TrainingSides } from './dataset';
import type { BatchProgress, History } from './fit';
import type { TrainingRules } from './rules';
import type { ArtefactFolder } from './runs/artefact-folder';

/** Training settings that can be set from outside. */
export interface TrainingSettings {
  /** Maximum number of epochs of each network; int > 0. */
  epochs: number;
  /** Rows per step; int > 0. */
  batchSize: number;
  /** The optimiser's learning rate, before any schedule; above 0. */
  learningRate: number;
  /** SpecAugment: random masks over frames and coefficients of training rows. */
  specAugment: boolean;
  /** Weigh rows so that all emotions have the same total weight. */
  classWeights: boolean;
  /** Other training rules of each network; default: the original's. */
  rules?: TrainingRules;
}

/** A kind of model that can be trained. */
export interface Recipe {
  /** One sentence for tables and model cards. */
  readonly title: string;
  /** Default settings. */
  readonly settings: TrainingSettings;
  /** Settings and rules that the recipe does not use; setting one is an error. */
  readonly ignores?: readonly (keyof TrainingSettings | keyof TrainingRules)[];
  /**
   * Computes everything shared by the folds, once per run: features of each clip, nothing fitted to several clips.
   *
   * @param store features of notebook 2; its manifest also has the paths of the recordings
   */
  prepare(store: FeatureStore, settings: TrainingSettings): Promise<FoldTrainer>;
}

/** A recipe bound to precomputed features. */
export interface FoldTrainer {
  /** Everything that shapes its models besides fold and seed; written to run.json and compared before resuming. */
  readonly configuration: Record<string, JsonValue>;
  /** Text description of the network or the members, layer by layer. */
  describe(): string;
  /** Trains on one fold. */
  train(task: FoldTask): Promise<FoldModel>;
}

/** One fold to train on. */
export interface FoldTask {
  sides: TrainingSides;
  /** Artefact folder for models, scalers and checkpoints. An interrupted training is resumed from it. */
  artefacts: ArtefactFolder;
  /** Seed of initial weights, row order and augmentation. */
  seed: number;
  /** Also write logs for TensorBoard. */
  tensorBoard: boolean;
  /** Aborted on an interrupt; passed on to `fit`. */
  interrupt?: AbortSignal;
  /** Called after every batch, with the name of the network in training. */
  onBatch?: (progress: BatchProgress, member: string) => void;
}

/** Summary of a separately trained part of a model. */
export interface MemberSummary {
  name: string;
  parameters: number;
  /** Absent if nothing was trained by epochs. */
  history?: History;
}

/** A trained model. */
export interface FoldModel {
  /** One for a single network. */
  members: MemberSummary[];
  /** True if the training was interrupted and can be resumed. */
  interrupted: boolean;
  /** Probabilities, [rows × 8]; no augmentation is applied. */
  predict(rows: readonly Row[]): Float32Array | Promise<Float32Array>;
  /** Frees the model. */
  dispose(): void;
}
