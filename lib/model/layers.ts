/**
 * Layers with Keras's defaults that run on TensorFlow's fused operations, for `tf.sequential` and
 * `tf.model`: `timeDistributed`, `batchNormalization`, `lstm`, `dropout`. Initial weights and dropout
 * masks come from a seed, so that a run can be repeated.
 */
import { Random } from '../random';
import { tf } from '../tensorflow';
import { glorotUniform, orthogonal } from './initialisers';
import { batchNormalise, lstmSequence } from './kernels';

type Shape = (number | null)[];
type LayerVariable = tf.layers.Layer['weights'][number];
/** Options of every layer. */
export interface LayerOptions {
  /** Name within the model; made up where absent. */
  name?: string;
  /** Shape of one example, for the first layer of `tf.sequential`. */
  inputShape?: number[];
}
/** What tfjs hands to `call`. */
interface CallOptions {
  training?: boolean;
}

/** Layers of one input get it alone or in an array of one. */
function only<T>(value: T | T[]): T {
  return Array.isArray(value) ? value[0] : value;
}
function onlyShape(shape: Shape | Shape[]): Shape {
  return Array.isArray(shape[0]) ? (shape[0] as Shape) : (shape as Shape);
}
function size(shape: Shape, axis: number): number {
  const length = shape.at(axis);
  if (typeof length !== 'number') throw new RangeError(`layer: axis ${axis} must have a fixed size, got [${shape}]`);
  return length;
}

/** Options of `timeDistributed`. */
export interface TimeDistributedOptions extends LayerOptions {
  /** The layer applied to every frame. */
  layer: tf.layers.Layer;
}

/** Applies one layer to every frame by folding time into the batch: one call instead of one per frame. */
export class FoldedTimeDistributed extends tf.layers.Layer {
  static readonly className = 'FoldedTimeDistributed';
  private readonly layer: tf.layers.Layer;

  constructor(options: TimeDistributedOptions) {
    super(options);
    this.layer = options.layer;
  }

  override build(inputShape: Shape | Shape[]): void {
    const [batch, , ...frame] = onlyShape(inputShape);
    const shape = [batch, ...frame];
    if (!this.layer.built) {
      this.layer.build(shape);
      this.layer.built = true;
    }
    this.trainableWeights = this.layer.trainableWeights;
    this.nonTrainableWeights = this.layer.nonTrainableWeights;
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, time, ...frame] = onlyShape(inputShape);
    const [, ...output] = this.layer.computeOutputShape([batch, ...frame]) as Shape;
    return [batch, time, ...output];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions): tf.Tensor {
    return tf.tidy(() => {
      const input = only(inputs);
      const [batch, time, ...frame] = input.shape;
      const folded = tf.reshape(input, [batch * time, ...frame]);
      const output = only(this.layer.call(folded, options as Parameters<tf.layers.Layer['call']>[1]));
      return tf.reshape(output, [batch, time, ...output.shape.slice(1)]);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const layer = { className: this.layer.getClassName(), config: this.layer.getConfig() };
    return { ...super.getConfig(), layer };
  }

  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const { className, config: inner } = config.layer as { className: string; config: tf.serialization.ConfigDict };
    const [innerClass, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[className];
    return new cls({ ...config, layer: fromConfig(innerClass, inner) });
  }
}

/** Options of `batchNormalization`. */
export interface BatchNormalizationOptions extends LayerOptions {
  /** How slowly the running mean and variance move, from 0 to 1; default 0.99. */
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

/** Options of `lstm`. */
export interface LstmOptions extends LayerOptions {
  /** Size of the state, int > 0. */
  units: number;
  /** Seed of the initial weights; default 0. */
  seed?: number;
  /** Every frame's output instead of the last one's; default false. */
  returnSequences?: boolean;
}

/**
 * Keras 3's LSTM: sigmoid gates, tanh, Glorot-uniform input weights, orthogonal recurrent weights, and a
 * forget bias of one. (tfjs's own LSTM gates with a hard sigmoid.)
 *
 * [clips, frames, features] → [clips, units], or [clips, frames, units]
 */
export class FusedLstm extends tf.layers.Layer {
  static readonly className = 'FusedLstm';
  private readonly units: number;
  private readonly seed: number;
  private readonly returnSequences: boolean;
  private variables: { kernel: LayerVariable; recurrent: LayerVariable; bias: LayerVariable } | undefined;

  constructor(options: LstmOptions) {
    super(options);
    this.units = options.units;
    this.seed = options.seed ?? 0;
    this.returnSequences = options.returnSequences ?? false;
  }

  override build(inputShape: Shape | Shape[]): void {
    const features = size(onlyShape(inputShape), -1);
    const gates = 4 * this.units;
    const random = new Random(this.seed, 'lstm');
    const weight = (name: string, shape: number[], values: Float32Array): LayerVariable => {
      const variable = this.addWeight(name, shape, 'float32', tf.initializers.zeros());
      tf.tidy(() => {
        variable.write(tf.tensor(values, shape));
      });
      return variable;
    };
    this.variables = {
      kernel: weight('kernel', [features, gates], glorotUniform(random, features * gates, features, gates)),
      recurrent: weight('recurrent_kernel', [this.units, gates], orthogonal(random, this.units, gates)),
      bias: weight('bias', [gates], new Float32Array(gates).fill(1, this.units, 2 * this.units)),
    };
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, time] = onlyShape(inputShape);
    return this.returnSequences ? [batch, time, this.units] : [batch, this.units];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      if (!this.variables) throw new RangeError('lstm: call build() before call()');
      const { kernel, recurrent, bias } = this.variables;
      const input = only(inputs) as tf.Tensor3D;
      const weights = tf.concat([kernel.read() as tf.Tensor2D, recurrent.read() as tf.Tensor2D], 0);
      const hidden = lstmSequence(tf.transpose(input, [1, 0, 2]), weights, bias.read() as tf.Tensor1D);
      if (this.returnSequences) return tf.transpose(hidden, [1, 0, 2]);
      const [time, batch] = hidden.shape;
      return tf.reshape(tf.slice(hidden, [time - 1, 0, 0], [1, batch, this.units]), [batch, this.units]);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), units: this.units, seed: this.seed, returnSequences: this.returnSequences };
  }
}

/** Options of `dropout`. */
export interface DropoutOptions extends LayerOptions {
  /** Share of the values set to zero in training, from 0 up to 1 (excluded). */
  rate: number;
  /** Seed of the masks; default 0. */
  seed?: number;
}

/** Dropout whose masks come from a seed: a fresh mask at every step, the same ones in every run. */
export class SeededDropout extends tf.layers.Layer {
  static readonly className = 'SeededDropout';
  private readonly rate: number;
  private readonly seed: number;
  private readonly random: Random;

  constructor(options: DropoutOptions) {
    super(options);
    if (!(options.rate >= 0 && options.rate < 1)) {
      throw new RangeError(`dropout: rate must be from 0 up to 1 (excluded), got ${options.rate}`);
    }
    this.rate = options.rate;
    this.seed = options.seed ?? 0;
    this.random = new Random(this.seed, 'dropout');
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions): tf.Tensor {
    const input = only(inputs);
    if (!options?.training || this.rate === 0) return tf.clone(input);
    const kept = 1 / (1 - this.rate);
    const mask = Float32Array.from({ length: input.size }, () => (this.random.uniform() < this.rate ? 0 : kept));
    return tf.tidy(() => tf.mul(input, tf.tensor(mask, input.shape)));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed };
  }
}

for (const layer of [FoldedTimeDistributed, FusedBatchNormalization, FusedLstm, SeededDropout]) {
  tf.serialization.registerClass(layer);
}

/** One layer for every frame. */
export const timeDistributed = (options: TimeDistributedOptions): tf.layers.Layer => new FoldedTimeDistributed(options);
/** Batch normalisation over the last axis. */
export const batchNormalization = (options?: BatchNormalizationOptions): tf.layers.Layer =>
  new FusedBatchNormalization(options);
/** A long short-term memory. */
export const lstm = (options: LstmOptions): tf.layers.Layer => new FusedLstm(options);
/** Dropout from a seed. */
export const dropout = (options: DropoutOptions): tf.layers.Layer => new SeededDropout(options);
