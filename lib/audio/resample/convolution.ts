/** A long even filter over a signal, by overlapping blocks of Fourier transforms on the SIMD kernels. */

import { floatsAt, kernels, type Pointer, type Scratch } from '../simd';
import { RealFft } from '../transform/fft';
import { turn } from '../transform/frame-transform';

/** Blocks that the kernel works on at once. */
const BLOCKS = 8;
/** A block is at least so many times the filter's reach: shorter ones waste more, longer ones leave the cache. */
const REACHES = 8;

/** A filter, ready for its transforms. */
export interface Convolution {
  /** Samples before and after a block which it reads and does not give; a multiple of 4. */
  readonly skip: number;
  /** Samples that a block gives; a multiple of 4. */
  readonly step: number;
  /** Samples per block. */
  readonly length: number;
  /** The filter's spectrum over `length`, in bit-reversed order. */
  readonly response: Float32Array;
}

/**
 * Prepares a filter.
 *
 * @param weights from its middle on; the filter is even
 */
export function convolution(weights: Float64Array): Convolution {
  let reach = weights.length - 1;
  while (reach > 0 && weights[reach] === 0) reach--;
  const skip = Math.max(4, Math.ceil(reach / 4) * 4);
  const length = 2 ** Math.ceil(Math.log2(REACHES * skip));
  const frame = new Float64Array(length);
  for (let i = 0; i <= reach; i++) frame[i] = frame[(length - i) % length] = weights[i] / length;
  const spectrum = new Float64Array(length / 2 + 1);
  new RealFft(length).forward(frame, spectrum, new Float64Array(spectrum.length));
  const { order } = new RealFft(2 * length).tables;
  const response = Float32Array.from(order, (k) => spectrum[Math.min(k, length - k)]);
  turn(length, 'single'); // kept before scratch memory is taken
  return { skip, step: length - 2 * skip, length, response };
}

/**
 * Filters `count` samples, and more up to whole blocks.
 *
 * @param read gives the place of so many samples, from `skip` before the first result on
 * @returns the place of the first
 */
export function convolve(
  { skip, step, length, response }: Convolution,
  count: number,
  scratch: Scratch,
  read: (samples: number) => Pointer,
): Pointer {
  const groups = Math.ceil(count / (BLOCKS * step));
  const samples = read(groups * BLOCKS * step + 2 * skip);
  const [cosines, sines] = turn(length, 'single');
  const spectrum = scratch.room(4 * length);
  const work = scratch.room(32 * length);
  const out = scratch.room(4 * groups * BLOCKS * step);
  floatsAt(spectrum, length).set(response);
  for (let group = 0; group < groups; group++) {
    const at = 4 * group * BLOCKS * step;
    kernels.convolve(length, cosines, sines, spectrum, work, samples + at, skip, step, out + at);
  }
  return out;
}
