/**
 * How a model is made, whatever it is: one network, or an ensemble whose members have features of their own.
 *
 * recipe + features → trainer, once; trainer + fold → model, fold by fold; model + clips → probabilities.
 *
 * A trainer is handed the training and the validation side of a fold. It fits scalers and draws augmentation on the
 * first, chooses epochs, weights of a fusion and the like on the second, and never learns which clips are tested.
 */
import type { FeatureStore } from '../features/store';
import type { JsonValue } from './callbacks';
import type { Row, TrainingSides } from './dataset';
import type { BatchProgress } from './fit';
import type { History } from './history';
import type { TrainingRules } from './rules';
import type { RunSection } from './section';

/** What of a training may be set from outside. */
export interface TrainingSettings {
  /** At most, of each network; int > 0. */
  epochs: number;
  /** Rows per step; int > 0. */
  batchSize: number;
  /** The optimiser's, before any schedule; above 0. */
  learningRate: number;
  /** Mask stretches of frames and ranges of coefficients of training rows at random. */
  specAugment: boolean;
  /** Weigh rows so that every emotion has the same say. */
  classWeights: boolean;
  /** How each network is trained otherwise; absent: by the original's rules. */
  rules?: TrainingRules;
}

/** A way to make models. */
export interface Recipe {
  /** In a sentence, for tables and model cards. */
  readonly title: string;
  /** What it trains with where nothing else is asked for. */
  readonly settings: TrainingSettings;
  /** Settings, and rules, that it does not look at; to ask for one is an error. */
  readonly ignores?: readonly (keyof TrainingSettings | keyof TrainingRules)[];
  /**
   * Makes what all folds share, once for a run: features of every clip by itself, never anything fitted to several.
   *
   * @param store the features of notebook 2; its manifest also tells where the recordings lie
   */
  prepare(store: FeatureStore, settings: TrainingSettings): Promise<FoldTrainer>;
}

/** A recipe with its features at hand. */
export interface FoldTrainer {
  /** Whatever shapes its models besides fold and seed; written to run.json, and compared before a run goes on. */
  readonly configuration: Record<string, JsonValue>;
  /** The network or the members, layer by layer, as lines of text. */
  describe(): string;
  /** Trains on one fold. */
  train(task: FoldTask): Promise<FoldModel>;
}

/** One fold to train on. */
export interface FoldTask {
  sides: TrainingSides;
  /** Where its files go: models, scalers, checkpoints. An interrupted training goes on from there when asked again. */
  section: RunSection;
  /** Of initial weights, order of rows, augmentation. */
  seed: number;
  /** Also write logs for TensorBoard. */
  tensorBoard: boolean;
  /** Aborted when someone interrupts; `fit` takes it. */
  interrupt?: AbortSignal;
  /** Called after every batch, with the name of the network that is being trained. */
  onBatch?: (progress: BatchProgress, member: string) => void;
}

/** One part of a model that was trained by itself. */
export interface MemberSummary {
  name: string;
  parameters: number;
  /** Absent where nothing was trained by epochs. */
  history?: History;
}

/** A trained model. */
export interface FoldModel {
  /** One for a single network. */
  members: MemberSummary[];
  /** Whether someone ended the training early; it can go on. */
  interrupted: boolean;
  /** Probabilities, [rows × 8]; nothing random happens to the rows. */
  predict(rows: readonly Row[]): Float32Array | Promise<Float32Array>;
  /** Frees the model. */
  dispose(): void;
}
