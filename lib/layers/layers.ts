/**
 * Layers with Keras's defaults that run on TensorFlow's fused operations, for `tf.sequential` and `tf.model`. Initial
 * weights, masks and dropout come from a seed, so that a run can be repeated.
 */
import { tf } from '../tensorflow';
import { AttentivePooling, type AttentivePoolingOptions } from './attentive-pooling';
import { type BatchNormalizationOptions, FusedBatchNormalization } from './batch-normalization';
import { Bidirectional, type BidirectionalOptions } from './bidirectional';
import { type Conv1dOptions, type Conv2dOptions, FusedConv1d, FusedConv2d } from './convolution';
import { DeltaChannel } from './delta-channel';
import { type DropoutOptions, SeededDropout } from './dropout';
import { FusedGru, type GruOptions } from './gru';
import type { LayerOptions } from './layer';
import { LayerNormalization, type LayerNormalizationOptions } from './layer-normalization';
import { FusedLstm, type LstmOptions } from './lstm';
import { MultiHeadAttention, type MultiHeadAttentionOptions } from './multi-head-attention';
import { ReLU } from './relu';
import { SpecAugmentation, type SpecAugmentationOptions } from './spec-augment';
import { FoldedTimeDistributed, type TimeDistributedOptions } from './time-distributed';

const recurrent = [FusedLstm, FusedGru, Bidirectional];
const pointwise = [FusedBatchNormalization, LayerNormalization, SeededDropout, SpecAugmentation, ReLU, DeltaChannel];
const others = [FoldedTimeDistributed, FusedConv1d, FusedConv2d, AttentivePooling, MultiHeadAttention];
for (const layer of [...recurrent, ...pointwise, ...others]) tf.serialization.registerClass(layer);

/** One layer for every frame. */
export const timeDistributed = (options: TimeDistributedOptions): tf.layers.Layer => new FoldedTimeDistributed(options);
/** A convolution along one axis. */
export const conv1d = (options: Conv1dOptions): tf.layers.Layer => new FusedConv1d(options);
/** A convolution over frames and coefficients. */
export const conv2d = (options: Conv2dOptions): tf.layers.Layer => new FusedConv2d(options);
/** max(x, 0). */
export const rectifier = (options: LayerOptions = {}): tf.layers.Layer => new ReLU(options);
/** Each value and how it changes over the frames. */
export const deltaChannel = (options: LayerOptions = {}): tf.layers.Layer => new DeltaChannel(options);
/** Batch normalisation over the last axis. */
export const batchNormalization = (options?: BatchNormalizationOptions): tf.layers.Layer =>
  new FusedBatchNormalization(options);
/** Layer normalisation over the last axis. */
export const layerNormalization = (options?: LayerNormalizationOptions): tf.layers.Layer =>
  new LayerNormalization(options);
/** A long short-term memory. */
export const lstm = (options: LstmOptions): tf.layers.Layer => new FusedLstm(options);
/** A gated recurrent unit. */
export const gru = (options: GruOptions): tf.layers.Layer => new FusedGru(options);
/** A recurrent layer in both directions. */
export const bidirectional = (options: BidirectionalOptions): tf.layers.Layer => new Bidirectional(options);
/** Attention of a sequence to itself. */
export const multiHeadAttention = (options: MultiHeadAttentionOptions): tf.layers.Layer =>
  new MultiHeadAttention(options);
/** Weighted mean and deviation over the frames. */
export const attentivePooling = (options?: AttentivePoolingOptions): tf.layers.Layer => new AttentivePooling(options);
/** Masks over frames and coefficients, in training. */
export const specAugmentation = (options?: SpecAugmentationOptions): tf.layers.Layer => new SpecAugmentation(options);
/** Dropout from a seed. */
export const dropout = (options: DropoutOptions): tf.layers.Layer => new SeededDropout(options);
