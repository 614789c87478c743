/** Normalisation of every vector by its own mean and variance, with its gradient. */
import { tf } from '../../tensorflow';

/**
 * (x − mean) / √(variance + epsilon) along the last axis, the variance being the biased one.
 *
 * With y the result and g its gradient, dx = (g − mean(g) − y · mean(g y)) / √(variance + epsilon): a few operations
 * where the gradient of each step would take dozens.
 *
 * @returns of the input's shape; the caller owns it
 */
export function normaliseRows<T extends tf.Tensor>(input: T, epsilon: number): T {
  const operation = tf.customGrad((x, save) => {
    const centred = tf.sub(x as tf.Tensor, tf.mean(x as tf.Tensor, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
    const value = tf.mul(centred, inverse);
    const saveTensors = save as tf.GradSaveFunc;
    saveTensors([value, inverse]);
    const gradFunc = (dy: tf.Tensor, [value, inverse]: tf.Tensor[]): tf.Tensor => {
      const along = tf.mul(value, tf.mean(tf.mul(dy, value), -1, true));
      return tf.mul(tf.sub(tf.sub(dy, tf.mean(dy, -1, true)), along), inverse);
    };
    return { value, gradFunc };
  });
  return operation(input) as T;
}
