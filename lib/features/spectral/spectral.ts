/**
 * Spectral descriptors, one number per frame, as librosa computes them.
 *
 * Each function takes a signal, or a `magnitudeSpectrogram` that several of them share; then `fftLength` and
 * `hopLength` are those of the spectrogram. Each agrees with librosa (spectral.test.ts).
 */
import type { Signal } from '../../audio/signal';
import type { StftOptions } from '../../audio/transform/stft';
import { asSpectrogram, perFrame, type Spectrogram } from './spectrogram';

/** The smallest normal float32: librosa does not divide by sums below it. */
const TINY = 1.1754943508222875e-38;
/** Lower bound of the powers whose geometric mean the flatness is. */
const SMALLEST = 1e-10;

/** Options of `spectralBandwidth`. */
export interface BandwidthOptions extends StftOptions {
  /** The exponent of the distance from the centroid, > 0; default 2, the standard deviation. */
  p?: number;
  /** Hertz per frame to measure from; default the spectral centroid. */
  centroid?: Float32Array;
}

/** Options of `spectralRolloff`. */
export interface RolloffOptions extends StftOptions {
  /** Share of the magnitude below the roll-off, between 0 and 1; default 0.85. */
  rollPercent?: number;
}

/** Options of `spectralFlatness`. */
export interface FlatnessOptions extends StftOptions {
  /** The exponent of the magnitude, > 0; default 2, the power. */
  power?: number;
}

/** The centre of mass of each frame's magnitudes, in hertz: Σ f |X| / Σ |X|; 0 in silence. */
export function spectralCentroid(input: Signal | Spectrogram, options: StftOptions = {}): Float32Array {
  const spectrogram = asSpectrogram(input, options);
  const step = spectrogram.sampleRate / spectrogram.fftLength;
  return perFrame(spectrogram, (magnitudes) => {
    let sum = 0;
    let moment = 0;
    for (let bin = 0; bin < magnitudes.length; bin++) {
      sum += magnitudes[bin];
      moment += bin * magnitudes[bin];
    }
    return sum < TINY ? moment * step : (moment * step) / sum;
  });
}

/**
 * The spread of each frame's magnitudes about their centroid, in hertz: (Σ |X| |f − centroid|ᵖ / Σ |X|)^(1/p).
 *
 * @throws RangeError unless `p` is above 0 and `centroid`, if given, has a value per frame
 */
export function spectralBandwidth(input: Signal | Spectrogram, options: BandwidthOptions = {}): Float32Array {
  const { p = 2 } = options;
  if (!(p > 0)) throw new RangeError(`spectralBandwidth: p must be above 0, got ${p}`);
  const spectrogram = asSpectrogram(input, options);
  const centroid = options.centroid ?? spectralCentroid(spectrogram);
  if (centroid.length !== spectrogram.frames) {
    throw new RangeError(
      `spectralBandwidth: centroid must have ${spectrogram.frames} values (frames), got ${centroid.length}`,
    );
  }
  const step = spectrogram.sampleRate / spectrogram.fftLength;
  // A power of any other exponent costs ten times a square, and slows the loop that it stands in.
  const momentOf = p === 2 ? secondMoment : generalMoment;
  return perFrame(spectrogram, (magnitudes, frame) => {
    const moment = momentOf(magnitudes, step, centroid[frame], p);
    const sum = sumOf(magnitudes);
    return (sum < TINY ? moment : moment / sum) ** (1 / p);
  });
}

function secondMoment(magnitudes: Float32Array, step: number, centre: number): number {
  let moment = 0;
  for (let bin = 0; bin < magnitudes.length; bin++) {
    const distance = bin * step - centre;
    moment += magnitudes[bin] * distance * distance;
  }
  return moment;
}

function generalMoment(magnitudes: Float32Array, step: number, centre: number, p: number): number {
  let moment = 0;
  for (let bin = 0; bin < magnitudes.length; bin++) moment += magnitudes[bin] * Math.abs(bin * step - centre) ** p;
  return moment;
}

function sumOf(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}

/**
 * Roll-off: the lowest frequency, in hertz, with at least `rollPercent` of each frame's magnitude below it.
 *
 * @throws RangeError unless `rollPercent` is between 0 and 1
 */
export function spectralRolloff(input: Signal | Spectrogram, options: RolloffOptions = {}): Float32Array {
  const { rollPercent = 0.85 } = options;
  if (!(rollPercent > 0 && rollPercent < 1)) {
    throw new RangeError(`spectralRolloff: rollPercent must be between 0 and 1, got ${rollPercent}`);
  }
  const spectrogram = asSpectrogram(input, options);
  const step = spectrogram.sampleRate / spectrogram.fftLength;
  return perFrame(spectrogram, (magnitudes) => {
    const total = sumOf(magnitudes);
    let below = 0;
    let bin = 0;
    for (; bin < magnitudes.length - 1; bin++) {
      below += magnitudes[bin];
      if (below >= rollPercent * total) break;
    }
    return bin * step;
  });
}

/**
 * The geometric over the arithmetic mean of each frame's power: near 0 for a tone, 1 for a flat spectrum and silence.
 *
 * @throws RangeError unless `power` is above 0
 */
export function spectralFlatness(input: Signal | Spectrogram, options: FlatnessOptions = {}): Float32Array {
  const { power = 2 } = options;
  if (!(power > 0)) throw new RangeError(`spectralFlatness: power must be above 0, got ${power}`);
  return perFrame(asSpectrogram(input, options), (magnitudes) => {
    const roots = power === 2 ? magnitudes : magnitudes.map((magnitude) => magnitude ** (power / 2));
    let sum = 0;
    let logarithms = 0;
    let product = 1;
    for (let bin = 0; bin < magnitudes.length; bin++) {
      const raised = roots[bin] * roots[bin];
      const value = Math.max(raised, SMALLEST);
      sum += value;
      // One logarithm for many factors, taken before the product can leave the range of numbers.
      product *= value;
      if (product > 1e150 || product < 1e-150) {
        logarithms += Math.log(product);
        product = 1;
      }
    }
    logarithms += Math.log(product);
    return Math.exp(logarithms / magnitudes.length) / (sum / magnitudes.length);
  });
}
