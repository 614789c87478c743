/**
 * Layers with Keras's defaults that run on TensorFlow's fused operations, for `tf.sequential` and `tf.model`. Initial
 * weights, masks and dropout come from a seed, so that a run can be repeated. Importing them registers them for model
 * files.
 */
export { attentivePooling, multiHeadAttention } from './attention';
export { conv1d, conv2d } from './convolution';
export { batchNormalization, layerNormalization } from './normalization';
export { deltaChannel, dropout, relu } from './pointwise';
export { gru, lstm } from './recurrent';
export { bidirectional, timeDistributed } from './wrappers';
