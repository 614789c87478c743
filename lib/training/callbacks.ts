/** What happens beside the steps of a training: the interface that Keras's callbacks have here, one file each. */
import type { tf } from '../tensorflow';

/** What JSON can hold. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** The numbers of one epoch. */
export interface Epoch {
  /** From 1. */
  epoch: number;
  /** Mean cross-entropy over the epoch's batches, while the weights changed. */
  loss: number;
  accuracy: number;
  /** On the validation side, after the epoch. */
  valLoss: number;
  valAccuracy: number;
  /** The rate that the epoch's last batch was trained with. */
  learningRate: number;
  seconds: number;
}

/** The numbers of one batch. */
export interface Batch {
  /** From 1. */
  epoch: number;
  /** From 1, within the epoch. */
  batch: number;
  /** The batch's own mean loss. */
  loss: number;
}

/** What a callback may look at and change. */
export interface Training {
  readonly model: tf.LayersModel;
  /** Steps of the optimiser so far, over all epochs, those before a resumption included. */
  readonly step: number;
  /** Takes effect from the next batch on. */
  learningRate: number;
  /** Ends the training after this batch or epoch. The first reason given is kept. */
  stop(reason: string): void;
}

/** Something that watches a training and may steer it. Each training takes a callback of its own. */
export interface Callback {
  /** Names its state in a checkpoint; two callbacks of one training have different names. */
  readonly name: string;
  /** Called once before the first batch, also of a resumed training. */
  onTrainBegin?(training: Training): void;
  /** Called after each batch. */
  onBatchEnd?(batch: Batch, training: Training): void;
  /** Called after each epoch and its validation. */
  onEpochEnd(epoch: Epoch, training: Training): void | Promise<void>;
  /** Called once, however the training ends. */
  onTrainEnd?(training: Training): void | Promise<void>;
  /** What a resumed training needs to know; taken after `onEpochEnd`. */
  state?(): JsonValue;
  /** Goes on from another such callback's `state()`; called after `onTrainBegin`. */
  restore?(state: JsonValue): void;
}
