/** Change of sample rate by a linear-phase low-pass filter, evaluated as a matrix product. */
import { tf, valuesOf } from '../tensorflow';
import type { Signal } from './signal';

/** The pass band ends at this share of the lower of the two Nyquist frequencies, as in librosa's default (soxr HQ). */
const PASS_BAND = 0.913;
/** Decibels that the filter takes from everything above the lower Nyquist frequency. */
const STOP_BAND = 125;
/** Input blocks per matrix product: bounds the memory for long recordings. */
const BLOCKS = 2048;
/** Weights of the largest matrix; above it (unusual rates) the slower route with interpolated phases runs. */
const LARGEST_MATRIX = 8_000_000;
/** Phases of the interpolated route; linear interpolation between them errs by about −118 dB. */
const PHASES = 1024;

/**
 * The same sound at another sample rate.
 *
 * Kaiser-windowed sinc, pass band to 0.913 of the lower Nyquist frequency; zeros beyond the ends.
 *
 * @param sampleRate hertz, > 0
 * @returns ceil(samples × sampleRate / signal.sampleRate) samples, as librosa
 * @throws RangeError if a rate is not a positive number
 */
export function resample(signal: Signal, sampleRate: number): Signal {
  for (const rate of [signal.sampleRate, sampleRate]) {
    if (!(rate > 0 && Number.isFinite(rate))) throw new RangeError(`resample: rates must be above 0, got ${rate}`);
  }
  if (signal.sampleRate === sampleRate) return signal;
  return { samples: resampleByRatio(signal.samples, sampleRate / signal.sampleRate), sampleRate };
}

/**
 * Samples at `ratio` times their rate.
 *
 * @param ratio output rate ÷ input rate, > 0; irrational ones are met to within a hundredth of a sample
 */
export function resampleByRatio(samples: Float32Array, ratio: number): Float32Array {
  const length = Math.ceil(Number((samples.length * ratio).toPrecision(12)));
  const fraction = approximate(ratio, 0.01 / Math.max(samples.length, length));
  const filter = fraction && matrixFilter(fraction.up, fraction.down);
  return filter ? resampleByMatrix(samples, length, filter) : resampleByPhases(samples, length, ratio);
}

/** A windowed sinc over the input's samples. */
interface Kernel {
  /** Reach to either side, in input samples. */
  readonly half: number;
  /** Weight at a distance in input samples. */
  weight(distance: number): number;
}

/** Kaiser's design: the shortest window with the wanted attenuation over the transition band. */
function lowPass(ratio: number): Kernel {
  const lower = Math.min(1, ratio); // of the input's Nyquist frequency
  const cutoff = (lower * (PASS_BAND + 1)) / 4; // cycles per input sample, mid-transition
  const transition = (lower * (1 - PASS_BAND)) / 2;
  const beta = 0.1102 * (STOP_BAND - 8.7);
  const half = Math.ceil((STOP_BAND - 7.95) / (2.285 * 2 * Math.PI * transition) / 2);
  const scale = besselI0(beta);
  const weight = (distance: number): number => {
    const position = distance / half;
    if (Math.abs(position) >= 1) return 0;
    const phase = 2 * Math.PI * cutoff * distance;
    const sinc = phase === 0 ? 1 : Math.sin(phase) / phase;
    return (2 * cutoff * sinc * besselI0(beta * Math.sqrt(1 - position * position))) / scale;
  };
  return { half, weight };
}

/** The modified Bessel function of the first kind and order zero, by its power series. */
function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** The filter's bank as a matrix: one product turns blocks of input into blocks of output. */
interface MatrixFilter {
  /** Input samples between blocks. */
  readonly stride: number;
  /** Input samples that one block of output depends on. */
  readonly reach: number;
  readonly half: number;
  /** Output samples per block. */
  readonly outputs: number;
  /** [reach × outputs], kept for the life of the process. */
  readonly weights: tf.Tensor2D;
}

const filters = new Map<string, MatrixFilter>();

/** The matrix for up / down; undefined where it would be too large. */
function matrixFilter(up: number, down: number): MatrixFilter | undefined {
  const key = `${up}/${down}`;
  const known = filters.get(key);
  if (known) return known;
  const { half, weight } = lowPass(up / down);
  const repeat = Math.ceil(128 / up); // short blocks would waste the matrix product
  const [outputs, stride] = [up * repeat, down * repeat];
  const reach = stride + 2 * half;
  if (reach * outputs > LARGEST_MATRIX) return undefined;
  const values = new Float32Array(reach * outputs);
  for (let output = 0; output < outputs; output++) {
    const centre = half + (output * down) / up;
    const last = Math.min(reach - 1, Math.floor(centre + half));
    for (let k = Math.max(0, Math.ceil(centre - half)); k <= last; k++) {
      values[k * outputs + output] = weight(k - centre);
    }
  }
  const filter = { stride, reach, half, outputs, weights: tf.keep(tf.tensor2d(values, [reach, outputs])) };
  filters.set(key, filter);
  return filter;
}

function resampleByMatrix(samples: Float32Array, length: number, filter: MatrixFilter): Float32Array {
  const { stride, reach, half, outputs, weights } = filter;
  const result = new Float32Array(length);
  const total = Math.ceil(length / outputs);
  for (let first = 0; first < total; first += BLOCKS) {
    const count = Math.min(BLOCKS, total - first);
    const blocks = new Float32Array(count * reach);
    for (let block = 0; block < count; block++) {
      const start = (first + block) * stride - half;
      const from = Math.max(0, start);
      const to = Math.min(samples.length, start + reach);
      if (to > from) blocks.set(samples.subarray(from, to), block * reach + from - start);
    }
    const output = valuesOf(() => tf.matMul(tf.tensor2d(blocks, [count, reach]), weights));
    result.set(output.subarray(0, Math.min(output.length, length - first * outputs)), first * outputs);
  }
  return result;
}

/** The slow route for ratios of large whole numbers: the two nearest of 1,024 phases, interpolated. */
function resampleByPhases(samples: Float32Array, length: number, ratio: number): Float32Array {
  const { half, weight } = lowPass(ratio);
  const taps = 2 * half + 1;
  const bank = Array.from({ length: PHASES + 1 }, (_, phase) =>
    Float64Array.from({ length: taps }, (_, k) => weight(k - half - phase / PHASES)),
  );
  const result = new Float32Array(length);
  for (let output = 0; output < length; output++) {
    const position = output / ratio;
    const whole = Math.floor(position);
    const phase = (position - whole) * PHASES;
    const lower = Math.min(PHASES - 1, Math.floor(phase));
    const mix = phase - lower;
    const [a, b] = [bank[lower], bank[lower + 1]];
    const start = whole - half;
    let sum = 0;
    const last = Math.min(taps, samples.length - start);
    for (let k = Math.max(0, -start); k < last; k++) sum += samples[start + k] * (a[k] + mix * (b[k] - a[k]));
    result[output] = sum;
  }
  return result;
}

/** The simplest fraction within a relative `tolerance` of the ratio, by continued fractions. */
function approximate(ratio: number, tolerance: number): { up: number; down: number } | undefined {
  let [up, down, earlierUp, earlierDown] = [1, 0, 0, 1];
  let rest = ratio;
  for (let step = 0; step < 20 && up < 10_000; step++) {
    const whole = Math.floor(rest);
    [up, down, earlierUp, earlierDown] = [whole * up + earlierUp, whole * down + earlierDown, up, down];
    if (up > 0 && down > 0 && Math.abs(up / down / ratio - 1) <= tolerance) return { up, down };
    rest = 1 / (rest - whole);
    if (!Number.isFinite(rest)) return undefined;
  }
  return undefined;
}
