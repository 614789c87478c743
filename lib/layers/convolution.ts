/** Convolutions along the frames, or over frames and coefficients. */
import { Random } from '../random';
import { flag, number, oneOf } from '../schema';
import { tf } from '../tensorflow';
import { addBias, relu } from './kernels/pointwise';
import {
  count,
  glorotUniform,
  type LayerOptions,
  type LayerVariable,
  onlyShape,
  read,
  registered,
  type Shape,
  size,
  sizes,
  WeightedLayer,
} from './layer';

/** Options of `conv1d` and `conv2d`. */
export interface ConvolutionOptions extends LayerOptions {
  /** Channels of the output, int > 0. */
  filters: number;
  /** Places that a kernel covers along each axis, or one number for all axes. */
  kernelSize: number | number[];
  /** Steps along each axis, or one number for all axes; default 1. */
  strides?: number | number[];
  /** `same` adds zeros around, `valid` does not; default `same`. */
  padding?: 'same' | 'valid';
  /** Adds a bias to each channel; default true. Of no use before batch normalisation. */
  useBias?: boolean;
  /** Activation; default none. */
  activation?: 'linear' | 'relu';
  /** Seed of the initial weights; default 0. */
  seed?: number;
}

/** Base class of both convolutions: [clips, …places, channels] → [clips, …places', filters]. */
abstract class Convolution extends WeightedLayer<
  Required<Omit<ConvolutionOptions, keyof LayerOptions>>,
  { kernel: LayerVariable; bias?: LayerVariable }
> {
  /** Places that a kernel covers, and steps, along each axis. */
  private readonly along: { kernelSize: number[]; strides: number[] };

  /** @param axes 1 or 2 */
  constructor(
    options: ConvolutionOptions,
    title: string,
    private readonly axes: number,
  ) {
    const { filters, kernelSize, strides = 1, padding = 'same' } = options;
    const { useBias = true, activation = 'linear', seed = 0 } = options;
    const settings = { filters, kernelSize, strides, padding, useBias, activation, seed };
    super(options, title, settings, {
      filters: count,
      kernelSize: sizes(axes),
      strides: sizes(axes),
      padding: oneOf(['same', 'valid']),
      useBias: flag,
      activation: oneOf(['linear', 'relu']),
      seed: number(),
    });
    this.along = { kernelSize: sizes(axes)(kernelSize, title), strides: sizes(axes)(strides, title) };
  }

  protected override makeVariables(inputShape: Shape): typeof this.variables {
    const channels = size(inputShape, -1);
    const { filters, useBias, seed } = this.settings;
    const { kernelSize } = this.along;
    const field = kernelSize.reduce((product, length) => product * length, 1);
    const random = new Random(seed, this.title);
    const kernel = this.fill('kernel', [...kernelSize, channels, filters], () =>
      glorotUniform(random, field * channels * filters, field * channels, field * filters),
    );
    return useBias ? { kernel, bias: this.constant('bias', [filters], 0) } : { kernel };
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, ...sides] = onlyShape(inputShape);
    const places = this.along.kernelSize.map((covered, axis) => {
      const length = sides[axis];
      if (length === null) return null;
      return Math.ceil((length - (this.settings.padding === 'same' ? 0 : covered - 1)) / this.along.strides[axis]);
    });
    return [batch, ...places, this.settings.filters];
  }

  protected override compute(input: tf.Tensor): tf.Tensor {
    const { kernel, bias } = this.variables;
    const { padding, activation } = this.settings;
    // One axis is the second of two, of which the first has a single place.
    const [clips, ...rest] = input.shape;
    const missing = Array.from({ length: 2 - this.axes }, () => 1);
    const image = tf.reshape<tf.Rank>(input, [clips, ...missing, ...rest]) as tf.Tensor4D;
    const weights = tf.reshape<tf.Rank>(read(kernel), [...missing, ...read(kernel).shape]) as tf.Tensor4D;
    const plain = tf.conv2d(image, weights, [...missing, ...this.along.strides] as [number, number], padding);
    const shifted = bias ? addBias(plain, read(bias)) : plain;
    const output = activation === 'relu' ? relu(shifted) : shifted;
    return tf.reshape(output, [clips, ...output.shape.slice(1 + missing.length)]);
  }
}

class FusedConv1d extends Convolution {
  static readonly className = 'FusedConv1D';

  constructor(options: ConvolutionOptions) {
    super(options, 'conv1d', 1);
  }
}

/**
 * Keras's Conv1D, channels last, Glorot-uniform weights: [clips, places, channels] → [clips, places', filters].
 *
 * Weights: kernel [kernel places, channels, filters], bias [filters].
 */
export const conv1d = registered(FusedConv1d);

class FusedConv2d extends Convolution {
  static readonly className = 'FusedConv2D';

  constructor(options: ConvolutionOptions) {
    super(options, 'conv2d', 2);
  }
}

/**
 * Keras's Conv2D, channels last, Glorot-uniform weights:
 * [clips, frames, coefficients, channels] → [clips, frames', coefficients', filters].
 *
 * Weights: kernel [kernel frames, kernel coefficients, channels, filters], bias [filters].
 */
export const conv2d = registered(FusedConv2d);
