/** Training callbacks: the interface of Keras's callbacks. */
import type { KerasOptimizer } from '../../layers/keras/optimizer-state';
import type { tf } from '../../tensorflow';

/** Any JSON value. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** Metrics of one epoch. */
export interface Epoch {
  /** From 1. */
  epoch: number;
  /** Mean cross-entropy over the epoch's batches, while the weights changed. */
  loss: number;
  accuracy: number;
  /** On the validation side, after the epoch. */
  valLoss: number;
  valAccuracy: number;
  /** Learning rate of the epoch's last batch. */
  learningRate: number;
  seconds: number;
}

/** Training state that a callback can read and change. */
export interface Training {
  readonly model: tf.LayersModel;
  /** Optimiser steps so far over all epochs, also those before resuming. */
  readonly step: number;
  /** Takes effect from the next batch on. */
  learningRate: number;
  /** Copies the optimiser's options and state, after the last step. */
  optimizerState(): KerasOptimizer;
  /** Ends the training after this batch or epoch. The first reason given is kept. */
  stop(reason: string): void;
}

/** A training callback. Each training needs its own instance. */
export interface Callback {
  /** Its kind, then its path if it has one. Compared by kind before its state is restored from a checkpoint. */
  readonly name: string;
  /** Called once before the first batch, also when resuming. */
  onTrainBegin?(training: Training): void;
  /** Called after each batch. */
  onBatchEnd?(training: Training): void;
  /** Called after each epoch and its validation. */
  onEpochEnd(epoch: Epoch, training: Training): void | Promise<void>;
  /** State for resuming; called after `onEpochEnd`. */
  state?(): JsonValue;
  /** Restores the `state()` of another instance; called after `onTrainBegin`. */
  restore?(state: JsonValue): void;
}
