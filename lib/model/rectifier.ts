/** The rectifier as a layer. */
import { tf } from '../tensorflow';
import { relu } from './kernels';
import { only, onlyShape, type Shape } from './layer';

/** max(x, 0), with a gradient of one operation. */
export class Rectifier extends tf.layers.Layer {
  static readonly className = 'Rectifier';

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return relu(only(inputs));
  }
}
