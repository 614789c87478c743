/** Change of sample rate by a linear-phase low-pass filter. */
import { lowPass } from './low-pass';
import { type PolyphaseBank, polyphaseBank, resamplePolyphase } from './polyphase';
import type { Signal } from './signal';

/** Weights of the largest bank; above it (unusual rates) the slower route with interpolated phases runs. */
const LARGEST_BANK = 1_000_000;
/** Phases of the interpolated route; linear interpolation between them errs by less than −120 dB. */
const PHASES = 1024;
/** Banks of simple ratios kept; each takes up to four megabytes. */
const FILTERS = 16;
/** Banks of phases kept; each takes one to a few megabytes. */
const BANKS = 4;
/** Samples by which two true rates may drift apart over a recording: heard by nobody, seen by no measure. */
const DRIFT = 1e-7;

/**
 * The same sound at another sample rate.
 *
 * Within 0.01 dB to 0.913 of the lower Nyquist frequency, below −120 dB from that frequency up; zeros beyond the
 * ends. The filter of librosa's default: the two differ by less than −110 dB (resample-figures.test.ts).
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
  return { samples: resampleByRatio(signal.samples, sampleRate / signal.sampleRate, DRIFT), sampleRate };
}

/**
 * Samples at `ratio` times their rate.
 *
 * @param ratio output rate ÷ input rate, > 0
 * @param drift samples by which the end may be off, so that a nearby simple ratio, which is much faster, may serve
 */
export function resampleByRatio(samples: Float32Array, ratio: number, drift = 0.01): Float32Array {
  const length = Math.ceil(Number((samples.length * ratio).toPrecision(12)));
  const fraction = approximate(ratio, drift / Math.max(samples.length, length));
  const filter = fraction && polyphaseFilter(fraction.up, fraction.down);
  return filter ? resamplePolyphase(samples, length, filter) : resampleByPhases(samples, length, ratio);
}

const filters = new Map<string, PolyphaseBank>();

/** The bank for up / down; undefined where it would be too large. */
function polyphaseFilter(up: number, down: number): PolyphaseBank | undefined {
  const key = `${up}/${down}`;
  const known = filters.get(key);
  if (known) return known;
  const kernel = lowPass(up / down);
  if (up * (2 * kernel.half + 1) > LARGEST_BANK) return undefined;
  const filter = polyphaseBank(up, down, kernel);
  const [oldest] = filters.keys();
  if (filters.size >= FILTERS) filters.delete(oldest);
  filters.set(key, filter);
  return filter;
}

/** The low-pass filter at each of 1,024 places between two input samples, and one more. */
interface PhaseBank {
  readonly half: number;
  readonly phases: Float64Array[];
}

const banks = new Map<number, PhaseBank>();

function phaseBank(ratio: number): PhaseBank {
  const key = Math.min(1, ratio); // upsampling always passes the input's whole band
  const known = banks.get(key);
  if (known) return known;
  const { half, weight } = lowPass(key);
  const phases = Array.from({ length: PHASES + 1 }, (_, phase) =>
    Float64Array.from({ length: 2 * half + 1 }, (_, k) => weight(k - half - phase / PHASES)),
  );
  const [oldest] = banks.keys();
  if (banks.size >= BANKS) banks.delete(oldest);
  banks.set(key, { half, phases });
  return { half, phases };
}

/** The slow route for ratios of large whole numbers: the two nearest phases, interpolated. */
function resampleByPhases(samples: Float32Array, length: number, ratio: number): Float32Array {
  const { half, phases } = phaseBank(ratio);
  const taps = 2 * half + 1;
  const result = new Float32Array(length);
  for (let output = 0; output < length; output++) {
    const position = output / ratio;
    const whole = Math.floor(position);
    const phase = (position - whole) * PHASES;
    const lower = Math.min(PHASES - 1, Math.floor(phase));
    const mix = phase - lower;
    const [a, b] = [phases[lower], phases[lower + 1]];
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
