/** What keras-training-golden.py wrote, and stand-ins to play its sequences to callbacks without training. */
import path from 'node:path';
import { readJson } from '../../files';
import type { KerasOptimizer } from '../../layers/keras/optimizer-state';
import { tf } from '../../tensorflow';
import type { Epoch, Training } from '../../training/callbacks/callback';
import { fixtures } from './golden-signals';

/** Options of one of Keras's callbacks, under Keras's names; a callback has those that it knows. */
export interface KerasOptions {
  mode: 'auto' | 'min' | 'max';
  patience: number;
  min_delta: number;
  baseline: number | null;
  restore_best_weights: boolean;
  start_from_epoch: number;
  factor: number;
  cooldown: number;
  min_lr: number;
  save_best_only: boolean;
  initial_value_threshold: number | null;
}

/** Options of Keras's Adam and AdamW, under Keras's names. */
export interface KerasOptimizerOptions {
  learning_rate: number;
  beta_1?: number;
  beta_2?: number;
  epsilon?: number;
  weight_decay?: number;
  clipnorm?: number;
  global_clipnorm?: number;
  use_ema?: boolean;
  ema_momentum?: number;
}

/** A schedule of Keras or PyTorch; other numbers than these are other schedules' options. */
export interface KerasSchedule {
  kind: 'cosine' | 'exponential' | 'one-cycle';
  learningRate: number;
  decaySteps: number;
  warmUpSteps?: number;
  steps: number;
}

/** A watched number, epoch by epoch, under some options. */
interface Sequence {
  options: KerasOptions;
  values: number[];
}

/** The whole file. Arrays are row by row; lists of lists go by step, then by variable. */
export const golden = readJson<{
  tool: string;
  plateau: (Sequence & { rates: number[] })[];
  earlyStopping: (Sequence & { epochs: number; stopped: boolean; bestEpoch: number; weight: number })[];
  modelCheckpoint: (Sequence & { saved: string[] })[];
  csv: { rows: Record<string, number>[]; text: string };
  optimizer: {
    start: Record<string, number[]>;
    shapes: Record<string, number[]>;
    gradients: Record<string, number[]>[];
    cases: {
      options: KerasOptimizerOptions;
      exclude: string[];
      weights: number[][][];
      slots: Record<string, number[]>;
      averages: number[][][];
    }[];
  };
  loss: {
    logits: number[];
    labels: number[];
    mixed: number[];
    classWeights: number[];
    cases: { mixed: boolean; labelSmoothing: number; weighted: boolean; loss: number; gradient: number[] }[];
    balanced: { counts: number[]; weights: Record<string, number> }[];
  };
  schedules: { description: KerasSchedule; steps: number[]; rates: number[] }[];
}>(path.join(fixtures, 'keras-training-golden.json'));

/** An epoch with this validation loss. */
export function epochOf(epoch: number, valLoss: number): Epoch {
  return { epoch, loss: 1, accuracy: 0.5, valLoss, valAccuracy: 0.5, learningRate: 0.01, seconds: 1 };
}

/** A training that does not train: a model of one weight, a rate that may be set, the reason to stop. */
export class DummyTraining implements Training {
  readonly model: tf.Sequential;
  step = 0;
  learningRate = 0.01;
  /** Absent while it goes on. */
  stopped: string | undefined;

  constructor() {
    this.model = tf.sequential({ layers: [tf.layers.dense({ units: 1, useBias: false, inputShape: [1] })] });
  }

  /** The model's only weight. */
  get weight(): number {
    return this.model.getWeights()[0].dataSync()[0];
  }

  set weight(value: number) {
    tf.tidy(() => this.model.setWeights([tf.tensor2d([[value]])]));
  }

  optimizerState(): KerasOptimizer {
    const options = { learningRate: this.learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0 };
    return { options, step: this.step, slots: [] };
  }

  stop(reason: string): void {
    this.stopped ??= reason;
  }
}

/** The largest difference between two rows of numbers; NaN if one has a number that is none. */
export function furthest(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) {
    throw new RangeError(`furthest: there must be ${expected.length} values, got ${actual.length}`);
  }
  return Math.max(0, ...Array.from(actual, (value, index) => Math.abs(value - expected[index])));
}
