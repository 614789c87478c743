/** Biases, ReLU, softmax and normalisations, each with a gradient of few operations. */
import { tf } from '../../tensorflow';
import { type Attribute, inRawScope, type RawScope, withGradient } from './native';
import { sumOfRows } from './sequence';

/**
 * Adds `bias` [channels] to every place of `input` […, channels].
 *
 * @returns of the input's shape; the caller owns it
 */
export function addBias<T extends tf.Tensor>(input: T, bias: tf.Tensor1D): T {
  return withGradient(
    [input, bias],
    () => inRawScope((scope) => ({ value: scope.make('BiasAdd', [scope.float], [input, bias]) as T })),
    (dy) => [dy, inRawScope((scope) => sumOfRows(scope, dy))],
  );
}

/**
 * max(x, 0). tfjs's own takes half a dozen operations for the gradient, this one takes one.
 *
 * @returns of the same shape; the caller owns it
 */
export function relu<T extends tf.Tensor>(input: T): T {
  return withGradient(
    [input],
    () => {
      const value = tf.relu(input);
      return { value, saved: [value] };
    },
    (dy, [value]) => [inRawScope((scope) => scope.make('ReluGrad', [scope.float], [dy, value]))],
  );
}

/**
 * exp(x) / Σ exp(x) along axis 1, so that the weights of all frames add up to 1 in every channel.
 *
 * @param scores [clips, frames, channels]
 * @returns of the same shape; the caller owns it
 */
export function softmaxOverTime(scores: tf.Tensor3D): tf.Tensor3D {
  return withGradient(
    [scores],
    () => {
      const powers = tf.exp(tf.sub(scores, tf.max(scores, 1, true)));
      const value = tf.div<tf.Tensor3D>(powers, tf.sum(powers, 1, true));
      return { value, saved: [value] };
    },
    (dy, [value]) => {
      const weighted = tf.mul(dy, value);
      return [tf.sub(weighted, tf.mul(value, tf.sum(weighted, 1, true)))];
    },
  );
}

/**
 * (x − mean) / √(variance + epsilon) along the last axis, the variance being the biased one.
 *
 * With y the result and g its gradient, dx = (g − mean(g) − y · mean(g y)) / √(variance + epsilon): a few operations
 * where the gradient of each step would take dozens.
 *
 * @returns of the input's shape; the caller owns it
 */
export function normaliseRows<T extends tf.Tensor>(input: T, epsilon: number): T {
  return withGradient(
    [input],
    () => {
      const centred = tf.sub(input, tf.mean(input, -1, true));
      const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
      const value = tf.mul<T>(centred, inverse);
      return { value, saved: [value, inverse] };
    },
    (dy, [value, inverse]) => {
      const along = tf.mul(value, tf.mean(tf.mul(dy, value), -1, true));
      return [tf.mul(tf.sub(tf.sub(dy, tf.mean(dy, -1, true)), along), inverse)];
    },
  );
}

/** Arguments of `batchNormalise`. */
export interface BatchNormaliseOptions {
  /** [rows, channels] */
  input: tf.Tensor2D;
  /** Scale of each channel, [channels]. */
  gamma: tf.Tensor1D;
  /** Offset of each channel, [channels]. */
  beta: tf.Tensor1D;
  /** Added to the variance under the root. */
  epsilon: number;
  /**
   * Called once, in the forward pass, with the mean and the (biased) variance of each channel over the batch; they live
   * until it returns.
   */
  onStatistics: (mean: tf.Tensor1D, variance: tf.Tensor1D) => void;
}

/**
 * Normalises each channel by the batch's own mean and variance; the gradient flows through both.
 *
 * (x − mean) / √(variance + epsilon) · gamma + beta
 *
 * @returns [rows, channels]; the caller owns it
 */
export function batchNormalise({ input, gamma, beta, epsilon, onStatistics }: BatchNormaliseOptions): tf.Tensor2D {
  const [rows, channels] = input.shape;
  const image = [rows, 1, 1, channels];
  return withGradient(
    [input, gamma, beta],
    () => {
      const none = tf.zeros([channels]);
      const [y, mean, variance, ...reserved] = inRawScope((scope) => {
        const attributes = [...batchAttributes(scope, epsilon), scope.attribute('FLOAT', 'exponential_avg_factor', 1)];
        const inputs = scope.lend(tf.reshape(input, image), gamma, beta, none, none);
        return scope.give(scope.runAll('FusedBatchNormV3', attributes, inputs, 6));
      });
      // TensorFlow reports the unbiased variance (of one row: the biased one); Keras averages the biased one.
      onStatistics(mean as tf.Tensor1D, tf.mul(variance, Math.max(rows - 1, 1) / rows));
      return { value: tf.reshape(y, [rows, channels]) as tf.Tensor2D, saved: [input, gamma, ...reserved] };
    },
    (dy, [x, ...others]) =>
      inRawScope((scope) => {
        const inputs = scope.lend(tf.reshape(dy, image), tf.reshape(x, image), ...others);
        const outputs = scope.runAll('FusedBatchNormGradV3', batchAttributes(scope, epsilon), inputs, 5);
        const [dx, ...rest] = scope.give(outputs.slice(0, 3));
        return [tf.reshape(dx, [rows, channels]), ...rest];
      }),
  );
}

function batchAttributes(scope: RawScope, epsilon: number): Attribute[] {
  return [
    scope.float,
    { ...scope.float, name: 'U' },
    scope.attribute('STRING', 'data_format', 'NHWC'),
    scope.attribute('BOOL', 'is_training', true),
    scope.attribute('FLOAT', 'epsilon', epsilon),
  ];
}
