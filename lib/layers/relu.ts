/** ReLU layer. */
import { tf } from '../tensorflow';
import { relu } from './kernels/pointwise';
import { only, onlyShape, type Shape } from './layer';

/** max(x, 0), with a gradient of one operation. */
export class ReLU extends tf.layers.Layer {
  /** Stored in model files. */
  static readonly className = 'Rectifier';

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return relu(only(inputs));
  }
}
