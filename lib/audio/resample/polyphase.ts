/** Interpolation by a short filter, on the SIMD kernels where the ratio is one of whole numbers. */
import type { Stage } from '../sample-source';
import { floatsAt, integersAt, kernels, LANES } from '../simd';
import type { Kernel } from './low-pass';

/** Takes one sample of each `down`, as it is. */
export function pickEvery(down: number): Stage {
  return polyphase(1, down, { half: 0, weight: (distance) => (distance === 0 ? 1 : 0) });
}

/** Interpolates at up / down times the rate: each of the `up` outputs of a block has its own row of weights. */
export function polyphase(up: number, down: number, { half, weight }: Kernel): Stage {
  const taps = Math.ceil((Math.floor(2 * half) + 1) / LANES) * LANES;
  const reach = Math.ceil(half); // samples before a block's first that it may read
  const weights = new Float32Array(up * taps);
  const starts = new Int32Array(up); // first input sample of each row, counted from `reach` samples before the block
  for (let phase = 0; phase < up; phase++) {
    const centre = reach + (phase * down) / up;
    starts[phase] = Math.ceil(centre - half);
    for (let tap = 0; tap < taps; tap++) weights[phase * taps + tap] = weight(starts[phase] + tap - centre);
  }
  return (read) => (first, count, scratch) => {
    const block = Math.floor(first / up);
    const blocks = Math.ceil((Math.ceil((first + count) / up) - block) / LANES) * LANES;
    const input = read(block * down - reach, blocks * down + taps + reach, scratch);
    const [rows, places] = [scratch.room(4 * weights.length), scratch.room(4 * starts.length)];
    const output = scratch.room(4 * blocks * up);
    floatsAt(rows, weights.length).set(weights);
    integersAt(places, starts.length).set(starts);
    kernels.polyphase(input, blocks, up, down, taps, rows, places, output);
    return output + 4 * (first - block * up);
  };
}

/** Places between two samples; linear interpolation between them errs by less than −120 dB. */
const PHASES = 2048;

/** Interpolates at any ratio: the filter is sampled at many places between two samples, and interpolated. */
export function interpolatedPhases(ratio: number, { half: reach, weight }: Kernel): Stage {
  const half = Math.ceil(reach);
  const phases = Array.from({ length: PHASES + 1 }, (_, phase) =>
    Float64Array.from({ length: 2 * half + 1 }, (_, k) => weight(k - half - phase / PHASES)),
  );
  return (read) => (first, count, scratch) => {
    const from = Math.floor(first / ratio) - half;
    const samples = Math.floor((first + count - 1) / ratio) + half + 1 - from;
    const input = read(from, samples, scratch);
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
  };
}
