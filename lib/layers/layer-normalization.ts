/** Layer normalisation. */
import { number } from '../schema';
import { tf } from '../tensorflow';
import { normaliseRows } from './kernels/pointwise';
import {
  builtOf,
  checkOptions,
  FilledLayer,
  type LayerOptions,
  type LayerVariable,
  only,
  onlyShape,
  read,
  type Shape,
  size,
} from './layer';

/** Options of `layerNormalization`. */
export interface LayerNormalizationOptions extends LayerOptions {
  /** Added to the variance, above 0; default 0.001. */
  epsilon?: number;
}

/** Normalises every vector along the last axis by its own mean and variance, then scales and shifts it, as Keras does. */
export class LayerNormalization extends FilledLayer {
  static readonly className = 'SpeechLayerNormalization';
  private readonly epsilon: number;
  private variables: { gamma: LayerVariable; beta: LayerVariable } | undefined;

  constructor(options: LayerNormalizationOptions = {}) {
    super(options);
    this.epsilon = options.epsilon ?? 1e-3;
    checkOptions('layerNormalization', { epsilon: this.epsilon }, { epsilon: number({ above: 0 }) });
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = [size(onlyShape(inputShape), -1)];
    this.variables = { gamma: this.constant('gamma', shape, 1), beta: this.constant('beta', shape, 0) };
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const { gamma, beta } = builtOf(this.variables, 'layerNormalization');
      const normalised = normaliseRows(only(inputs), this.epsilon);
      return tf.add(tf.mul(normalised, read(gamma)), read(beta));
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), epsilon: this.epsilon };
  }
}
