/** Batch and layer normalisation. */
import { number } from '../schema';
import { tf } from '../tensorflow';
import { batchNormalise, normaliseRows } from './kernels/pointwise';
import { type LayerOptions, type LayerVariable, read, registered, type Shape, size, WeightedLayer } from './layer';

/** Options of `batchNormalization`. */
export interface BatchNormalizationOptions extends LayerOptions {
  /** Momentum of the running mean and variance, from 0 to 1; default 0.99. */
  momentum?: number;
  /** Added to the variance; default 0.001. */
  epsilon?: number;
}

class FusedBatchNormalization extends WeightedLayer<
  { momentum: number; epsilon: number },
  Record<'gamma' | 'beta' | 'mean' | 'variance', LayerVariable>
> {
  static readonly className = 'FusedBatchNormalization';

  constructor(options: BatchNormalizationOptions = {}) {
    const { momentum = 0.99, epsilon = 1e-3 } = options;
    const schemas = { momentum: number({ from: 0, to: 1 }), epsilon: number({ from: 0 }) };
    super(options, 'batchNormalization', { momentum, epsilon }, schemas);
  }

  protected override makeVariables(inputShape: Shape): typeof this.variables {
    const shape = [size(inputShape, -1)];
    return {
      gamma: this.constant('gamma', shape, 1),
      beta: this.constant('beta', shape, 0),
      mean: this.constant('moving_mean', shape, 0, false),
      variance: this.constant('moving_variance', shape, 1, false),
    };
  }

  protected override compute(input: tf.Tensor, training: boolean): tf.Tensor {
    const { epsilon } = this.settings;
    const { mean, variance, ...own } = this.variables;
    const [gamma, beta] = [read<tf.Tensor1D>(own.gamma), read<tf.Tensor1D>(own.beta)];
    if (!training) {
      return tf.batchNorm(input, read<tf.Tensor1D>(mean), read<tf.Tensor1D>(variance), beta, gamma, epsilon);
    }
    const output = batchNormalise({
      input: tf.reshape(input, [-1, input.shape[input.rank - 1]]),
      gamma,
      beta,
      epsilon,
      onStatistics: (batchMean, batchVariance) => {
        this.move(mean, batchMean);
        this.move(variance, batchVariance);
      },
    });
    return tf.reshape(output, input.shape);
  }

  /** Moves a running statistic towards the batch's. */
  private move(running: LayerVariable, batch: tf.Tensor1D): void {
    const { momentum } = this.settings;
    running.write(tf.add(tf.mul(running.read(), momentum), tf.mul(batch, 1 - momentum)));
  }
}

/** Batch normalisation over the last axis, with Keras's defaults and running statistics. */
export const batchNormalization = registered(FusedBatchNormalization);

/** Options of `layerNormalization`. */
export interface LayerNormalizationOptions extends LayerOptions {
  /** Added to the variance, above 0; default 0.001. */
  epsilon?: number;
}

class LayerNormalization extends WeightedLayer<{ epsilon: number }, Record<'gamma' | 'beta', LayerVariable>> {
  static readonly className = 'SpeechLayerNormalization';

  constructor(options: LayerNormalizationOptions = {}) {
    const { epsilon = 1e-3 } = options;
    super(options, 'layerNormalization', { epsilon }, { epsilon: number({ above: 0 }) });
  }

  protected override makeVariables(inputShape: Shape): typeof this.variables {
    const shape = [size(inputShape, -1)];
    return { gamma: this.constant('gamma', shape, 1), beta: this.constant('beta', shape, 0) };
  }

  protected override compute(input: tf.Tensor): tf.Tensor {
    const { gamma, beta } = this.variables;
    return tf.add(tf.mul(normaliseRows(input, this.settings.epsilon), read(gamma)), read(beta));
  }
}

/** Normalises every vector along the last axis by its own mean and variance, then scales and shifts it, as Keras does. */
export const layerNormalization = registered(LayerNormalization);
