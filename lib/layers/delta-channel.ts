/** Delta channel: the slope of every value over the frames, as a second channel. */
import { tf } from '../tensorflow';
import { only, onlyShape, type Shape } from './layer';

/**
 * Puts beside each value the next frame's less the previous frame's, 0 in the first and the last frame.
 *
 * [clips, frames, coefficients, channels] → [clips, frames, coefficients, 2 × channels], the values first
 */
export class DeltaChannel extends tf.layers.Layer {
  static readonly className = 'DeltaChannel';

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    return [...shape.slice(0, -1), 2 * (shape.at(-1) as number)];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const input = only(inputs) as tf.Tensor4D;
      const [clips, frames, ...rest] = input.shape;
      const inner: [number, number, number, number] = [clips, frames - 2, ...rest];
      const next = tf.slice(input, [0, 2, 0, 0], inner);
      const previous = tf.slice(input, [0, 0, 0, 0], inner);
      const around: [number, number][] = [
        [0, 0],
        [1, 1],
        [0, 0],
        [0, 0],
      ];
      return tf.concat([input, tf.pad(tf.sub(next, previous), around) as tf.Tensor4D], 3);
    });
  }
}
