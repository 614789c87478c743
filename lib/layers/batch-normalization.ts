/** Batch normalisation on the fused operation. */
import { number } from '../schema';
import { tf } from '../tensorflow';
import { batchNormalise } from './kernels/pointwise';
import {
  type CallOptions,
  checkOptions,
  type LayerOptions,
  type LayerVariable,
  only,
  onlyShape,
  type Shape,
  size,
} from './layer';

/** Options of `batchNormalization`. */
export interface BatchNormalizationOptions extends LayerOptions {
  /** Momentum of the running mean and variance, from 0 to 1; default 0.99. */
  momentum?: number;
  /** Added to the variance; default 0.001. */
  epsilon?: number;
}

/** Batch normalisation over the last axis, with Keras's defaults and running statistics. */
export class FusedBatchNormalization extends tf.layers.Layer {
  static readonly className = 'FusedBatchNormalization';
  private readonly momentum: number;
  private readonly epsilon: number;
  private variables:
    | { gamma: LayerVariable; beta: LayerVariable; mean: LayerVariable; variance: LayerVariable }
    | undefined;

  constructor(options: BatchNormalizationOptions = {}) {
    super(options);
    this.momentum = options.momentum ?? 0.99;
    this.epsilon = options.epsilon ?? 1e-3;
    const { momentum, epsilon } = this;
    checkOptions(
      'batchNormalization',
      { momentum, epsilon },
      { momentum: number({ from: 0, to: 1 }), epsilon: number({ from: 0 }) },
    );
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = [size(onlyShape(inputShape), -1)];
    const ones = tf.initializers.ones();
    const zeros = tf.initializers.zeros();
    this.variables = {
      gamma: this.addWeight('gamma', shape, 'float32', ones),
      beta: this.addWeight('beta', shape, 'float32', zeros),
      mean: this.addWeight('moving_mean', shape, 'float32', zeros, undefined, false),
      variance: this.addWeight('moving_variance', shape, 'float32', ones, undefined, false),
    };
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions): tf.Tensor {
    return tf.tidy(() => {
      const { gamma, beta, mean, variance } = this.built_();
      const input = only(inputs);
      const [scale, offset] = [gamma.read() as tf.Tensor1D, beta.read() as tf.Tensor1D];
      if (!options?.training) {
        const [m, v] = [mean.read() as tf.Tensor1D, variance.read() as tf.Tensor1D];
        return tf.batchNorm(input, m, v, offset, scale, this.epsilon);
      }
      const channels = input.shape[input.rank - 1];
      const output = batchNormalise({
        input: tf.reshape(input, [-1, channels]),
        gamma: scale,
        beta: offset,
        epsilon: this.epsilon,
        onStatistics: (batchMean, batchVariance) => {
          this.move(mean, batchMean);
          this.move(variance, batchVariance);
        },
      });
      return tf.reshape(output, input.shape);
    });
  }

  /** Moves a running statistic towards the batch's. */
  private move(running: LayerVariable, batch: tf.Tensor1D): void {
    tf.tidy(() => {
      running.write(tf.add(tf.mul(running.read(), this.momentum), tf.mul(batch, 1 - this.momentum)));
    });
  }

  private built_(): NonNullable<typeof this.variables> {
    if (!this.variables) throw new RangeError('batchNormalization: call build() before call()');
    return this.variables;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), momentum: this.momentum, epsilon: this.epsilon };
  }
}
