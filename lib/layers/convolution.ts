/** Convolutions along the frames, or over frames and coefficients. */
import { Random } from '../random';
import { flag, number, oneOf } from '../schema';
import { tf } from '../tensorflow';
import { glorotUniform } from './initialisers';
import { addBias, relu } from './kernels/pointwise';
import {
  builtOf,
  checkOptions,
  countOf,
  FilledLayer,
  type LayerOptions,
  type LayerVariable,
  only,
  onlyShape,
  read,
  type Shape,
  size,
} from './layer';

/** Options of both convolutions, besides their sizes. */
interface ConvolutionOptions extends LayerOptions {
  /** Channels of the output, int > 0. */
  filters: number;
  /** `same` adds zeros around, `valid` does not; default `same`. */
  padding?: 'same' | 'valid';
  /** Adds a bias to each channel; default true. Of no use before batch normalisation. */
  useBias?: boolean;
  /** Activation; default none. */
  activation?: 'linear' | 'relu';
  /** Seed of the initial weights; default 0. */
  seed?: number;
}
/** Options of `conv1d`. */
export interface Conv1dOptions extends ConvolutionOptions {
  /** Places that a kernel covers. */
  kernelSize: number | number[];
  /** Steps along the places; default 1. */
  strides?: number | number[];
}
/** Options of `conv2d`. */
export interface Conv2dOptions extends ConvolutionOptions {
  /** Frames and coefficients that a kernel covers, or one number for both. */
  kernelSize: number | number[];
  /** Steps along frames and coefficients; default 1. */
  strides?: number | number[];
}

/** Base class of both convolutions: [clips, …places, channels] → [clips, …places', filters]. */
abstract class Convolution extends FilledLayer {
  private readonly options: Required<Omit<Conv2dOptions, keyof LayerOptions>>;
  private variables: { kernel: LayerVariable; bias?: LayerVariable } | undefined;

  /** @param axes 1 or 2 */
  constructor(
    options: Conv2dOptions,
    private readonly layer: string,
    private readonly axes: number,
  ) {
    super(options);
    const { filters, kernelSize, strides = 1, padding = 'same' } = options;
    const { useBias = true, activation = 'linear', seed = 0 } = options;
    this.options = { filters, kernelSize, strides, padding, useBias, activation, seed };
    countOf(layer, 'filters', filters);
    checkOptions(
      layer,
      { padding, useBias, activation, seed },
      {
        padding: oneOf(['same', 'valid']),
        useBias: flag,
        activation: oneOf(['linear', 'relu']),
        seed: number(),
      },
    );
    for (const name of ['kernelSize', 'strides'] as const) {
      for (const part of this.along(name)) countOf(layer, name, part);
    }
  }

  /** A size along each axis. */
  private along(name: 'kernelSize' | 'strides'): number[] {
    const value = this.options[name];
    if (!Array.isArray(value)) return Array.from({ length: this.axes }, () => value);
    if (value.length !== this.axes) {
      throw new RangeError(`${this.layer}: ${name} must be one number or ${this.axes}, got ${value.length}`);
    }
    return value;
  }

  override build(inputShape: Shape | Shape[]): void {
    const channels = size(onlyShape(inputShape), -1);
    const { filters, useBias, seed } = this.options;
    const lengths = this.along('kernelSize');
    const field = lengths.reduce((product, length) => product * length, 1);
    const random = new Random(seed, this.layer);
    const values = glorotUniform(random, field * channels * filters, field * channels, field * filters);
    const kernel = this.fill('kernel', [...lengths, channels, filters], values);
    this.variables = useBias ? { kernel, bias: this.constant('bias', [filters], 0) } : { kernel };
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, ...sides] = onlyShape(inputShape);
    const [lengths, strides] = [this.along('kernelSize'), this.along('strides')];
    const places = lengths.map((covered, axis) => {
      const length = sides[axis];
      if (length === null) return null;
      return Math.ceil((length - (this.options.padding === 'same' ? 0 : covered - 1)) / strides[axis]);
    });
    return [batch, ...places, this.options.filters];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const { kernel, bias } = builtOf(this.variables, this.layer);
      const { padding, activation } = this.options;
      const input = only(inputs);
      // One axis is the second of two, of which the first has a single place.
      const [clips, ...rest] = input.shape;
      const missing = Array.from({ length: 2 - this.axes }, () => 1);
      const image = tf.reshape<tf.Rank>(input, [clips, ...missing, ...rest]) as tf.Tensor4D;
      const weights = tf.reshape<tf.Rank>(read(kernel), [...missing, ...read(kernel).shape]) as tf.Tensor4D;
      const strides = [...missing, ...this.along('strides')] as [number, number];
      const plain = tf.conv2d(image, weights, strides, padding);
      const shifted = bias ? addBias(plain, read(bias)) : plain;
      const output = activation === 'relu' ? relu(shifted) : shifted;
      return tf.reshape(output, [clips, ...output.shape.slice(1 + missing.length)]);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}

/**
 * Keras's Conv1D, channels last, Glorot-uniform weights: [clips, places, channels] → [clips, places', filters].
 *
 * Weights: kernel [kernel places, channels, filters], bias [filters].
 */
export class FusedConv1d extends Convolution {
  static readonly className = 'FusedConv1D';

  /** @throws RangeError if a size is not a whole number above 0 */
  constructor(options: Conv1dOptions) {
    super(options, 'conv1d', 1);
  }
}

/**
 * Keras's Conv2D, channels last, Glorot-uniform weights:
 * [clips, frames, coefficients, channels] → [clips, frames', coefficients', filters].
 *
 * Weights: kernel [kernel frames, kernel coefficients, channels, filters], bias [filters].
 */
export class FusedConv2d extends Convolution {
  static readonly className = 'FusedConv2D';

  /** @throws RangeError if a size is not a whole number above 0 */
  constructor(options: Conv2dOptions) {
    super(options, 'conv2d', 2);
  }
}
