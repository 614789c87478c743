/** Dropout that can be repeated. */
import { Random } from '../random';
import { flag, number } from '../schema';
import { tf } from '../tensorflow';
import { type CallOptions, checkOptions, type LayerOptions, only, onlyShape, type Shape } from './layer';

/** Options of `dropout`. */
export interface DropoutOptions extends LayerOptions {
  /** Share of the values set to zero in training, from 0 up to 1 (excluded). */
  rate: number;
  /** Seed of the masks; default 0. */
  seed?: number;
  /** Drops whole channels, the last axis, in every row (Keras's SpatialDropout); default false. */
  wholeChannels?: boolean;
}

/** Dropout whose masks come from a seed: a fresh mask at every step, the same ones in every run. */
export class SeededDropout extends tf.layers.Layer {
  static readonly className = 'SeededDropout';
  private readonly rate: number;
  private readonly seed: number;
  private readonly wholeChannels: boolean;
  /** Random stream of the masks; a checkpoint stores its state. */
  readonly random: Random;

  constructor(options: DropoutOptions) {
    super(options);
    if (!(options.rate >= 0 && options.rate < 1)) {
      throw new RangeError(`dropout: rate must be from 0 up to 1 (excluded), got ${options.rate}`);
    }
    this.rate = options.rate;
    this.seed = options.seed ?? 0;
    this.wholeChannels = options.wholeChannels ?? false;
    const { rate, seed, wholeChannels } = this;
    checkOptions('dropout', { rate, seed, wholeChannels }, { rate: number(), seed: number(), wholeChannels: flag });
    this.random = new Random(this.seed, 'dropout');
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions): tf.Tensor {
    const input = only(inputs);
    if (!options?.training || this.rate === 0) return tf.clone(input);
    const kept = 1 / (1 - this.rate);
    const [rows, ...rest] = input.shape;
    const shape = this.wholeChannels ? [rows, ...rest.map((n, i) => (i === rest.length - 1 ? n : 1))] : input.shape;
    const mask = new Float32Array(shape.reduce((product, n) => product * n, 1));
    for (let i = 0; i < mask.length; i++) mask[i] = this.random.uniform() < this.rate ? 0 : kept;
    return tf.tidy(() => tf.mul(input, tf.tensor(mask, shape)));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed, wholeChannels: this.wholeChannels };
  }
}
