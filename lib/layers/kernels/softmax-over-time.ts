/** The softmax along the frames, with its gradient. */
import { tf } from '../../tensorflow';

/**
 * exp(x) / Σ exp(x) along axis 1, so that the weights of all frames add up to 1 in every channel.
 *
 * @param scores [clips, frames, channels]
 * @returns of the same shape; the caller owns it
 */
export function softmaxOverTime(scores: tf.Tensor3D): tf.Tensor3D {
  const operation = tf.customGrad((x, save) => {
    const powers = tf.exp(tf.sub(x as tf.Tensor, tf.max(x as tf.Tensor, 1, true)));
    const value = tf.div(powers, tf.sum(powers, 1, true));
    const saveTensors = save as tf.GradSaveFunc;
    saveTensors([value]);
    const gradFunc = (dy: tf.Tensor, [value]: tf.Tensor[]): tf.Tensor => {
      const weighted = tf.mul(dy, value);
      return tf.sub(weighted, tf.mul(value, tf.sum(weighted, 1, true)));
    };
    return { value, gradFunc };
  });
  return operation(scores) as tf.Tensor3D;
}
