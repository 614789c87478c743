/** A long even filter over a signal, by overlapping blocks of Fourier transforms on the SIMD kernels. */

import type { Stage } from '../sample-source';
import { floatsAt, kernels } from '../simd';
import { RealFft } from '../transform/fft';
import { turn } from '../transform/frame-transform';

/** Blocks that the kernel works on at once. */
const BLOCKS = 8;
/** A block is at least so many times the filter's reach: shorter ones waste more, longer ones leave the cache. */
const REACHES = 8;

/**
 * Makes the stage that filters.
 *
 * @param weights from the filter's middle on; it is even
 */
export function convolution(weights: Float64Array): Stage {
  let reach = weights.length - 1;
  while (reach > 0 && weights[reach] === 0) reach--;
  const skip = Math.max(4, Math.ceil(reach / 4) * 4); // samples on either side of a block which it reads and does not give
  const length = 2 ** Math.ceil(Math.log2(REACHES * skip));
  const step = length - 2 * skip; // samples that a block gives
  const frame = new Float64Array(length);
  for (let i = 0; i <= reach; i++) frame[i] = frame[(length - i) % length] = weights[i] / length;
  const spectrum = new Float64Array(length / 2 + 1);
  new RealFft(length).forward(frame, spectrum, new Float64Array(spectrum.length));
  const { order } = new RealFft(2 * length).tables;
  const response = Float32Array.from(order, (k) => spectrum[Math.min(k, length - k)]); // in bit-reversed order
  const [cosines, sines] = turn(length, 'single'); // kept before scratch memory is taken
  return (read) => (first, count, scratch) => {
    const groups = Math.ceil(count / (BLOCKS * step));
    const samples = read(first - skip, groups * BLOCKS * step + 2 * skip, scratch);
    const filter = scratch.room(4 * length);
    const work = scratch.room(32 * length);
    const out = scratch.room(4 * groups * BLOCKS * step);
    floatsAt(filter, length).set(response);
    for (let group = 0; group < groups; group++) {
      const at = 4 * group * BLOCKS * step;
      kernels.convolve(length, cosines, sines, filter, work, samples + at, skip, step, out + at);
    }
    return out;
  };
}
