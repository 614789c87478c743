/** Mel-frequency cepstral coefficients and the mel spectrogram, as librosa computes them by default. */
import type { Signal } from '../../audio/signal';
import { SPECTRUM } from '../../config';
import { type MelFilter, type MelFilterOptions, type MelScaleOptions, melFilters } from './mel';
import { cepstraOfPower, cepstraOfSignal, type MelPass, melPower } from './mel-passes';

/** Numbers by frame: row-major [frames × coefficients]. */
export interface FeatureMatrix {
  readonly frames: number;
  readonly coefficients: number;
  readonly values: Float32Array;
}

/** Options of `melSpectrogram`. Lengths in samples. */
export interface MelOptions extends MelScaleOptions {
  /** Samples per FFT, a power of two; default 2048. */
  fftLength?: number;
  /** Samples between frames; default 512. */
  hopLength?: number;
  /** Bands from `fmin` to `fmax`; default 128. */
  melBands?: number;
}

/** Options of `mfcc`. Lengths in samples. */
export interface MfccOptions extends MelOptions {
  /** Coefficients kept per frame, from 1 to `melBands`; default 20. */
  coefficients?: number;
  /** Decibels kept below the loudest value of the signal, > 0; default 80. */
  topDb?: number;
  /** Raises the higher coefficients, by 1 + (lifter / 2) sin(πk / lifter) for the k-th from 1; 0 does not; ≥ 0; default 0. */
  lifter?: number;
}

/**
 * The power in each mel band, frame by frame.
 *
 * centred frames → Hann window → |FFT|² → triangles, Slaney's by default
 *
 * @returns [frames × mel bands]; frames = 1 + floor(samples / hopLength)
 * @throws RangeError if the signal is empty or an option is out of its range
 */
export function melSpectrogram(signal: Signal, options: MelOptions = {}): FeatureMatrix {
  const pass = melPass(signal, options);
  const values = melPower(pass, 'double');
  return { frames: values.length / pass.filters.length, coefficients: pass.filters.length, values };
}

function melPass(signal: Signal, options: MelOptions): MelPass {
  const { fftLength = SPECTRUM.fftLength, hopLength = SPECTRUM.hopLength, melBands = SPECTRUM.melBands } = options;
  const { fmin, fmax, htk, norm, vocalTractFactor } = options;
  if (signal.samples.length === 0) throw new RangeError('melSpectrogram: the signal must not be empty, got 0 samples');
  const { sampleRate } = signal;
  const filters = cachedFilters({ sampleRate, fftLength, melBands, fmin, fmax, htk, norm, vocalTractFactor });
  return { samples: signal.samples, fftLength, hopLength, filters };
}

/**
 * Decibels of a power spectrogram: 10 log₁₀(max(power, 1e-10)), cut `topDb` below its own maximum.
 *
 * @param topDb decibels, > 0; default 80
 */
export function powerToDb(power: FeatureMatrix, topDb: number = SPECTRUM.topDb): FeatureMatrix {
  if (!(topDb > 0)) throw new RangeError(`powerToDb: topDb must be above 0, got ${topDb}`);
  const values = new Float32Array(power.values.length);
  let maximum = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    values[i] = 10 * Math.log10(Math.max(power.values[i], 1e-10));
    if (values[i] > maximum) maximum = values[i];
  }
  const floor = maximum - topDb;
  for (let i = 0; i < values.length; i++) if (values[i] < floor) values[i] = floor;
  return { ...power, values };
}

/**
 * The coarse shape of the spectrum, frame by frame, as mel-frequency cepstral coefficients.
 *
 * mel spectrogram → decibels → orthonormal DCT-II, the first `coefficients` kept → lifted
 *
 * @returns [frames × coefficients]; [104 × 20] for 2.4 s at 22,050 Hz with the defaults
 * @throws RangeError if the signal is empty, an option is out of its range, or more coefficients than mel bands are
 * asked for
 * @see Davis & Mermelstein (1980); agrees with librosa (mfcc.test.ts, cepstra.test.ts)
 */
export function mfcc(signal: Signal, options: MfccOptions = {}): FeatureMatrix {
  const { coefficients = SPECTRUM.coefficients, melBands = SPECTRUM.melBands, topDb = SPECTRUM.topDb } = options;
  if (!(coefficients >= 1 && coefficients <= melBands)) {
    throw new RangeError(`mfcc: coefficients must be 1 to ${melBands} (melBands), got ${coefficients}`);
  }
  const { lifter = 0 } = options;
  if (!(lifter >= 0)) throw new RangeError(`mfcc: lifter must be at least 0, got ${lifter}`);
  const cepstrum = { topDb, coefficients, basis: cosineBasis(coefficients, melBands, lifter) };
  // A lifter raises the spectra's rounding with the coefficients.
  const values = cepstraOfSignal(melPass(signal, options), cepstrum, lifter > 0 ? 'double' : 'single');
  return { frames: values.length / coefficients, coefficients, values };
}

/**
 * The MFCCs of a mel spectrogram, such as one in which something was changed.
 *
 * @param mel power, [frames × mel bands], as `melSpectrogram` gives it
 * @returns [frames × 20], within 0.01 of `mfcc` of the same signal (occlusion.test.ts)
 */
export function mfccOfMel({ frames, coefficients: melBands, values }: FeatureMatrix): FeatureMatrix {
  const { coefficients, topDb } = SPECTRUM;
  const basis = cosineBasis(coefficients, melBands, 0);
  return { frames, coefficients, values: cepstraOfPower(values, melBands, { topDb, coefficients, basis }) };
}

/**
 * Rows of the orthonormal DCT-II: √(2/N) cos(πk(n + ½)/N), the first row divided by √2; the k-th lifted by
 * 1 + (lifter / 2) sin(π(k + 1) / lifter).
 */
function cosineBasis(rows: number, length: number, lifter: number): Float64Array {
  const key = `${rows}/${length}/${lifter}`;
  const known = bases.get(key);
  if (known) return known;
  const basis = new Float64Array(rows * length);
  for (let k = 0; k < rows; k++) {
    const lift = lifter === 0 ? 1 : 1 + (lifter / 2) * Math.sin((Math.PI * (k + 1)) / lifter);
    const scale = lift * Math.sqrt((k === 0 ? 1 : 2) / length);
    for (let n = 0; n < length; n++) basis[k * length + n] = scale * Math.cos((Math.PI * k * (n + 0.5)) / length);
  }
  bases.set(key, basis);
  return basis;
}
const bases = new Map<string, Float64Array>();

/**
 * The orthonormal DCT-II of each row, in double precision; `mfcc` has its own in single precision.
 *
 * @param values [rows × length]
 * @returns the first `kept` coefficients, [rows × kept]
 */
export function cosineTransform(values: Float32Array | Float64Array, length: number, kept: number): Float64Array {
  const basis = cosineBasis(kept, length, 0);
  const result = new Float64Array((values.length / length) * kept);
  for (let row = 0; row < values.length / length; row++) {
    for (let k = 0; k < kept; k++) {
      let sum = 0;
      for (let n = 0; n < length; n++) sum += basis[k * length + n] * values[row * length + n];
      result[row * kept + k] = sum;
    }
  }
  return result;
}

function cachedFilters(options: MelFilterOptions): MelFilter[] {
  // Perturbed filters are as many as factors drawn, and used once.
  if (options.vocalTractFactor !== undefined && options.vocalTractFactor !== 1) return melFilters(options);
  const { sampleRate, fftLength, melBands, fmin, fmax, htk, norm } = options;
  const key = [sampleRate, fftLength, melBands, fmin, fmax, htk, norm === null ? 'null' : norm].join('/');
  const known = filterCache.get(key) ?? melFilters(options);
  filterCache.set(key, known);
  return known;
}
const filterCache = new Map<string, MelFilter[]>();
