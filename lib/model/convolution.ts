/** Convolution over frames and coefficients. */
import { Random } from '../random';
import { tf } from '../tensorflow';
import { glorotUniform } from './initialisers';
import { addBias, relu } from './kernels';
import {
  builtOf,
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

/** Options of `conv2d`. */
export interface Conv2dOptions extends LayerOptions {
  /** Channels of the output, int > 0. */
  filters: number;
  /** Frames and coefficients that a kernel covers, or one number for both. */
  kernelSize: number | [number, number];
  /** Steps along frames and coefficients; default 1. */
  strides?: number | [number, number];
  /** `same` adds zeros around, `valid` does not; default `same`. */
  padding?: 'same' | 'valid';
  /** Whether a number is added to each channel; default true. Of no use before batch normalisation. */
  useBias?: boolean;
  /** What follows; default nothing. */
  activation?: 'linear' | 'relu';
  /** Seed of the initial weights; default 0. */
  seed?: number;
}

/** Two sizes from one or two. */
const pairOf = (value: number | [number, number]): [number, number] => (Array.isArray(value) ? value : [value, value]);

/**
 * Keras's Conv2D, channels last, Glorot-uniform weights.
 *
 * [clips, frames, coefficients, channels] → [clips, frames', coefficients', filters]
 *
 * Weights: kernel [kernel frames, kernel coefficients, channels, filters], bias [filters].
 */
export class FusedConv2d extends FilledLayer {
  static readonly className = 'FusedConv2d';
  private readonly options: Required<Omit<Conv2dOptions, keyof LayerOptions>>;
  private variables: { kernel: LayerVariable; bias?: LayerVariable } | undefined;

  /** @throws RangeError if a size is not a whole number above 0 */
  constructor(options: Conv2dOptions) {
    super(options);
    const { filters, kernelSize, strides = 1, padding = 'same' } = options;
    const { useBias = true, activation = 'linear', seed = 0 } = options;
    countOf('conv2d', 'filters', filters);
    for (const [name, value] of Object.entries({ kernelSize, strides })) {
      for (const part of pairOf(value)) countOf('conv2d', name, part);
    }
    this.options = { filters, kernelSize, strides, padding, useBias, activation, seed };
  }

  override build(inputShape: Shape | Shape[]): void {
    const channels = size(onlyShape(inputShape), -1);
    const { filters, kernelSize, useBias, seed } = this.options;
    const [height, width] = pairOf(kernelSize);
    const field = height * width;
    const random = new Random(seed, 'conv2d');
    const values = glorotUniform(random, field * channels * filters, field * channels, field * filters);
    const kernel = this.fill('kernel', [height, width, channels, filters], values);
    this.variables = useBias ? { kernel, bias: this.constant('bias', [filters], 0) } : { kernel };
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, ...sides] = onlyShape(inputShape);
    const { filters, kernelSize, strides, padding } = this.options;
    const lengths = [0, 1].map((axis) => {
      const length = sides[axis];
      if (length === null) return null;
      const covered = padding === 'same' ? 0 : pairOf(kernelSize)[axis] - 1;
      return Math.ceil((length - covered) / pairOf(strides)[axis]);
    });
    return [batch, ...lengths, filters];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const { kernel, bias } = builtOf(this.variables, 'conv2d');
      const { strides, padding, activation } = this.options;
      const input = only(inputs) as tf.Tensor4D;
      const plain = tf.conv2d(input, read(kernel), pairOf(strides), padding);
      const output = bias ? addBias(plain, read(bias)) : plain;
      return activation === 'relu' ? relu(output) : output;
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}
