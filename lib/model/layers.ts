/**
 * Layers with Keras's defaults that run on TensorFlow's fused operations, for `tf.sequential` and
 * `tf.model`: `timeDistributed`, `batchNormalization`, `lstm`, `dropout`. Initial weights and dropout
 * masks come from a seed, so that a run can be repeated.
 */
import { tf } from '../tensorflow';
import { type BatchNormalizationOptions, FusedBatchNormalization } from './batch-normalization';
import { type DropoutOptions, SeededDropout } from './dropout';
import { FusedLstm, type LstmOptions } from './lstm';
import { FoldedTimeDistributed, type TimeDistributedOptions } from './time-distributed';

for (const layer of [FoldedTimeDistributed, FusedBatchNormalization, FusedLstm, SeededDropout]) {
  tf.serialization.registerClass(layer);
}

/** One layer for every frame. */
export const timeDistributed = (options: TimeDistributedOptions): tf.layers.Layer => new FoldedTimeDistributed(options);
/** Batch normalisation over the last axis. */
export const batchNormalization = (options?: BatchNormalizationOptions): tf.layers.Layer =>
  new FusedBatchNormalization(options);
/** A long short-term memory. */
export const lstm = (options: LstmOptions): tf.layers.Layer => new FusedLstm(options);
/** Dropout from a seed. */
export const dropout = (options: DropoutOptions): tf.layers.Layer => new SeededDropout(options);
