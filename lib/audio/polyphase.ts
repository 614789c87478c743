/** Resampling by a ratio of whole numbers, on the SIMD kernels. */
import type { Kernel } from './low-pass';
import { floatsAt, integersAt, kernels, LANES, withScratch } from './simd';

/** The filter's weights by phase: each of the `up` outputs of a block has its own row. */
export interface PolyphaseBank {
  readonly up: number;
  readonly down: number;
  readonly half: number;
  /** Weights in each row, a multiple of 4. */
  readonly taps: number;
  readonly weights: Float32Array;
  /** First input sample of each phase, counted from `half` samples before the block. */
  readonly starts: Int32Array;
}

/** Input samples worked on at once: bounds the memory for long recordings. */
const CHUNK = 4_000_000;

/** Samples the filter for up / down. */
export function polyphaseBank(up: number, down: number, { half, weight }: Kernel): PolyphaseBank {
  const taps = Math.ceil((2 * half + 1) / LANES) * LANES;
  const weights = new Float32Array(up * taps);
  const starts = new Int32Array(up);
  for (let phase = 0; phase < up; phase++) {
    const centre = half + (phase * down) / up;
    starts[phase] = Math.ceil(centre - half);
    for (let tap = 0; tap < taps; tap++) weights[phase * taps + tap] = weight(starts[phase] + tap - centre);
  }
  return { up, down, half, taps, weights, starts };
}

/** `length` samples at up / down times the rate; zeros beyond the ends of the input. */
export function resamplePolyphase(samples: Float32Array, length: number, bank: PolyphaseBank): Float32Array {
  const { up, down, half, taps, weights, starts } = bank;
  const result = new Float32Array(length);
  const total = Math.ceil(length / up);
  const most = Math.max(LANES, Math.floor(CHUNK / down / LANES) * LANES);
  for (let first = 0; first < total; first += most) {
    const blocks = Math.min(most, Math.ceil((total - first) / LANES) * LANES);
    withScratch(({ floats }) => {
      const [rows, places] = [floats(weights.length), floats(starts.length)];
      const input = floats(blocks * down + taps + down);
      const output = floats(blocks * up);
      const from = first * down - half;
      const begin = Math.max(0, from);
      const end = Math.min(samples.length, from + blocks * down + taps + down);
      if (end > begin) floatsAt(input + 4 * (begin - from), end - begin).set(samples.subarray(begin, end));
      floatsAt(rows, weights.length).set(weights);
      integersAt(places, starts.length).set(starts);
      kernels.polyphase(input, blocks, up, down, taps, rows, places, output);
      const count = Math.min(length - first * up, blocks * up);
      result.set(floatsAt(output, count), first * up);
    });
  }
  return result;
}
