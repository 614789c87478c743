/** Interpolation by a short filter, on the SIMD kernels where the ratio is one of whole numbers. */

import { floatsAt, integersAt, kernels, LANES, type Pointer, type Scratch } from '../simd';
import type { Kernel } from './low-pass';

/** The filter's weights by phase: each of the `up` outputs of a block has its own row. */
export interface PolyphaseBank {
  readonly up: number;
  readonly down: number;
  /** Samples before a block's first that it may read. */
  readonly reach: number;
  /** Weights in each row, a multiple of 4. */
  readonly taps: number;
  readonly weights: Float32Array;
  /** First input sample of each phase, counted from `reach` samples before the block. */
  readonly starts: Int32Array;
}

/** Takes one sample of each `down`, as it is. */
export function pickEvery(down: number): PolyphaseBank {
  return polyphaseBank(1, down, { half: 0, weight: (distance) => (distance === 0 ? 1 : 0) });
}

/** Samples the filter for up / down. */
export function polyphaseBank(up: number, down: number, { half, weight }: Kernel): PolyphaseBank {
  const taps = Math.ceil((Math.floor(2 * half) + 1) / LANES) * LANES;
  const reach = Math.ceil(half);
  const weights = new Float32Array(up * taps);
  const starts = new Int32Array(up);
  for (let phase = 0; phase < up; phase++) {
    const centre = reach + (phase * down) / up;
    starts[phase] = Math.ceil(centre - half);
    for (let tap = 0; tap < taps; tap++) weights[phase * taps + tap] = weight(starts[phase] + tap - centre);
  }
  return { up, down, reach, taps, weights, starts };
}

/**
 * `count` samples from the `first` on.
 *
 * @param read gives the place of so many input samples from one on
 * @returns the place of the first
 */
export function interpolate(
  { up, down, reach, taps, weights, starts }: PolyphaseBank,
  first: number,
  count: number,
  scratch: Scratch,
  read: (first: number, samples: number) => Pointer,
): Pointer {
  const block = Math.floor(first / up);
  const blocks = Math.ceil((Math.ceil((first + count) / up) - block) / LANES) * LANES;
  const input = read(block * down - reach, blocks * down + taps + reach);
  const [rows, places] = [scratch.room(4 * weights.length), scratch.room(4 * starts.length)];
  const output = scratch.room(4 * blocks * up);
  floatsAt(rows, weights.length).set(weights);
  integersAt(places, starts.length).set(starts);
  kernels.polyphase(input, blocks, up, down, taps, rows, places, output);
  return output + 4 * (first - block * up);
}
