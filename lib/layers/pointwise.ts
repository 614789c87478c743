/** Layers without weights. */
import { Random } from '../random';
import { flag, number } from '../schema';
import { tf } from '../tensorflow';
import { relu as rectify } from './kernels/pointwise';
import { type LayerOptions, OwnLayer, onlyShape, registered, type Shape, share } from './layer';

class ReLU extends OwnLayer<object> {
  /** Stored in model files. */
  static readonly className = 'Rectifier';

  constructor(options: LayerOptions = {}) {
    super(options, 'relu', {}, {});
  }

  protected override compute(input: tf.Tensor): tf.Tensor {
    return rectify(input);
  }
}

/** max(x, 0), with a gradient of one operation. */
export const relu = registered(ReLU);

/** Options of `dropout`. */
export interface DropoutOptions extends LayerOptions {
  /** Share of the values set to zero in training, from 0 up to 1 (excluded). */
  rate: number;
  /** Seed of the masks; default 0. */
  seed?: number;
  /** Drops whole channels, the last axis, in every row (Keras's SpatialDropout); default false. */
  wholeChannels?: boolean;
}

class SeededDropout extends OwnLayer<Required<Omit<DropoutOptions, keyof LayerOptions>>> {
  static readonly className = 'SeededDropout';
  /** Random stream of the masks; a checkpoint stores its state. */
  readonly random: Random;

  constructor(options: DropoutOptions) {
    const { rate, seed = 0, wholeChannels = false } = options;
    super(options, 'dropout', { rate, seed, wholeChannels }, { rate: share, seed: number(), wholeChannels: flag });
    this.random = new Random(seed, 'dropout');
  }

  protected override compute(input: tf.Tensor, training: boolean): tf.Tensor {
    const { rate, wholeChannels } = this.settings;
    if (!training || rate === 0) return tf.clone(input);
    const kept = 1 / (1 - rate);
    const [rows, ...rest] = input.shape;
    const shape = wholeChannels ? [rows, ...rest.map((n, i) => (i === rest.length - 1 ? n : 1))] : input.shape;
    const mask = new Float32Array(shape.reduce((product, n) => product * n, 1));
    for (let i = 0; i < mask.length; i++) mask[i] = this.random.uniform() < rate ? 0 : kept;
    return tf.mul(input, tf.tensor(mask, shape));
  }
}

/** Dropout whose masks come from a seed: a fresh mask at every step, the same ones in every run. */
export const dropout = registered(SeededDropout);

class DeltaChannel extends OwnLayer<object> {
  static readonly className = 'DeltaChannel';

  constructor(options: LayerOptions = {}) {
    super(options, 'deltaChannel', {}, {});
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    return [...shape.slice(0, -1), 2 * (shape.at(-1) as number)];
  }

  protected override compute(input: tf.Tensor): tf.Tensor {
    const [clips, frames, ...rest] = input.shape;
    const inner = [clips, frames - 2, ...rest];
    const next = tf.slice(input, [0, 2, 0, 0], inner);
    const previous = tf.slice(input, [0, 0, 0, 0], inner);
    const around: [number, number][] = input.shape.map((_, axis) => (axis === 1 ? [1, 1] : [0, 0]));
    return tf.concat([input, tf.pad(tf.sub(next, previous), around)], 3);
  }
}

/**
 * Puts beside each value the next frame's less the previous frame's, 0 in the first and the last frame.
 *
 * [clips, frames, coefficients, channels] → [clips, frames, coefficients, 2 × channels], the values first
 */
export const deltaChannel = registered(DeltaChannel);
