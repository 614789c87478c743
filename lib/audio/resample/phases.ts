/** Interpolation by a short filter at ratios of large whole numbers: the filter at many places, interpolated. */

import { floatsAt, type Pointer, type Scratch } from '../simd';
import type { Kernel } from './low-pass';

/** Places between two samples; linear interpolation between them errs by less than −120 dB. */
const PHASES = 2048;

/** The filter at each of the places between two input samples, and one more. */
export interface PhaseBank {
  readonly half: number;
  readonly phases: Float64Array[];
}

/** Samples a filter. */
export function phaseBank(kernel: Kernel): PhaseBank {
  const half = Math.ceil(kernel.half);
  const phases = Array.from({ length: PHASES + 1 }, (_, phase) =>
    Float64Array.from({ length: 2 * half + 1 }, (_, k) => kernel.weight(k - half - phase / PHASES)),
  );
  return { half, phases };
}

/** Range to interpolate: `count` samples from the `first` on, at `ratio` times the input's rate. */
export interface PhaseOptions {
  bank: PhaseBank;
  ratio: number;
  first: number;
  count: number;
  scratch: Scratch;
}

/**
 * Interpolates at any ratio.
 *
 * @param read gives the place of so many input samples from one on
 * @returns the place of the first
 */
export function interpolateByPhases(
  { bank: { half, phases }, ratio, first, count, scratch }: PhaseOptions,
  read: (first: number, samples: number) => Pointer,
): Pointer {
  const from = Math.floor(first / ratio) - half;
  const samples = Math.floor((first + count - 1) / ratio) + half + 1 - from;
  const input = read(from, samples);
  const output = scratch.room(4 * count);
  const [values, result] = [floatsAt(input, samples), floatsAt(output, count)];
  for (let i = 0; i < count; i++) {
    const position = (first + i) / ratio;
    const whole = Math.floor(position);
    const phase = (position - whole) * PHASES;
    const lower = Math.min(PHASES - 1, Math.floor(phase));
    const mix = phase - lower;
    const [a, b] = [phases[lower], phases[lower + 1]];
    const start = whole - half - from;
    let sum = 0;
    for (let k = 0; k < a.length; k++) sum += values[start + k] * (a[k] + mix * (b[k] - a[k]));
    result[i] = sum;
  }
  return output;
}
