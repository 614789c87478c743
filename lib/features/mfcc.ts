/** Mel-frequency cepstral coefficients and the mel spectrogram, as librosa computes them by default. */
import type { Signal } from '../audio/signal';
import { forEachSpectrum, frameCount } from '../audio/stft';
import { SPECTRUM } from '../config';
import { type MelFilter, melFilters } from './mel';

/** Numbers by frame: row-major [frames × coefficients]. */
export interface FeatureMatrix {
  readonly frames: number;
  readonly coefficients: number;
  readonly values: Float32Array;
}

/** Options of `melSpectrogram`. Lengths in samples. */
export interface MelOptions {
  /** Samples per FFT, a power of two; default 2048. */
  fftLength?: number;
  /** Samples between frames; default 512. */
  hopLength?: number;
  /** Bands from 0 Hz to half the sample rate; default 128. */
  melBands?: number;
}

/** Options of `mfcc`. Lengths in samples. */
export interface MfccOptions extends MelOptions {
  /** Coefficients kept per frame, from 1 to `melBands`; default 20. */
  coefficients?: number;
  /** Decibels kept below the loudest value of the signal, > 0; default 80. */
  topDb?: number;
}

/**
 * The power in each mel band, frame by frame.
 *
 * centred frames → Hann window → |FFT|² → Slaney's triangles
 *
 * @returns [frames × mel bands]; frames = 1 + floor(samples / hopLength)
 * @throws RangeError if the signal is empty
 */
export function melSpectrogram(signal: Signal, options: MelOptions = {}): FeatureMatrix {
  const { fftLength = SPECTRUM.fftLength, hopLength = SPECTRUM.hopLength, melBands = SPECTRUM.melBands } = options;
  const filters = cachedFilters(signal.sampleRate, fftLength, melBands);
  const frames = frameCount(signal.samples.length, hopLength);
  const values = new Float32Array(frames * melBands);
  const power = new Float64Array(fftLength / 2 + 1);
  forEachSpectrum(signal.samples, { fftLength, hopLength }, (frame, real, imaginary) => {
    for (let bin = 0; bin < power.length; bin++) power[bin] = real[bin] * real[bin] + imaginary[bin] * imaginary[bin];
    for (let band = 0; band < melBands; band++) {
      const { start, weights } = filters[band];
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * power[start + i];
      values[frame * melBands + band] = sum;
    }
  });
  return { frames, coefficients: melBands, values };
}

/**
 * Decibels of a power spectrogram: 10 log₁₀(max(power, 1e-10)), cut `topDb` below its own maximum.
 *
 * @param topDb decibels, > 0; default 80
 */
export function powerToDb(power: FeatureMatrix, topDb: number = SPECTRUM.topDb): FeatureMatrix {
  if (!(topDb > 0)) throw new RangeError(`powerToDb: topDb must be above 0, got ${topDb}`);
  const values = power.values.map((value) => 10 * Math.log10(Math.max(value, 1e-10)));
  let maximum = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > maximum) maximum = value;
  const floor = maximum - topDb;
  for (let i = 0; i < values.length; i++) if (values[i] < floor) values[i] = floor;
  return { ...power, values };
}

/**
 * The coarse shape of the spectrum, frame by frame, as mel-frequency cepstral coefficients.
 *
 * mel spectrogram → decibels → orthonormal DCT-II, the first `coefficients` kept
 *
 * @returns [frames × coefficients]; [104 × 20] for 2.4 s at 22,050 Hz with the defaults
 * @throws RangeError if the signal is empty, or more coefficients than mel bands are asked for
 * @see Davis & Mermelstein (1980); agrees with librosa (mfcc.test.ts)
 */
export function mfcc(signal: Signal, options: MfccOptions = {}): FeatureMatrix {
  const { coefficients = SPECTRUM.coefficients, melBands = SPECTRUM.melBands, topDb = SPECTRUM.topDb } = options;
  if (!(coefficients >= 1 && coefficients <= melBands)) {
    throw new RangeError(`mfcc: coefficients must be 1 to ${melBands} (melBands), got ${coefficients}`);
  }
  const decibels = powerToDb(melSpectrogram(signal, options), topDb);
  const basis = cosineBasis(coefficients, melBands);
  const values = new Float32Array(decibels.frames * coefficients);
  for (let frame = 0; frame < decibels.frames; frame++) {
    for (let k = 0; k < coefficients; k++) {
      let sum = 0;
      for (let band = 0; band < melBands; band++) {
        sum += basis[k * melBands + band] * decibels.values[frame * melBands + band];
      }
      values[frame * coefficients + k] = sum;
    }
  }
  return { frames: decibels.frames, coefficients, values };
}

/** The mean of each coefficient over the frames. */
export function meanOverFrames(features: FeatureMatrix): number[] {
  const { frames, coefficients, values } = features;
  return Array.from({ length: coefficients }, (_, k) => {
    let sum = 0;
    for (let frame = 0; frame < frames; frame++) sum += values[frame * coefficients + k];
    return sum / frames;
  });
}

/** Rows of the orthonormal DCT-II: √(2/N) cos(πk(n + ½)/N), the first row divided by √2. */
function cosineBasis(rows: number, length: number): Float64Array {
  const key = `${rows}/${length}`;
  const known = bases.get(key);
  if (known) return known;
  const basis = new Float64Array(rows * length);
  for (let k = 0; k < rows; k++) {
    const scale = Math.sqrt((k === 0 ? 1 : 2) / length);
    for (let n = 0; n < length; n++) basis[k * length + n] = scale * Math.cos((Math.PI * k * (n + 0.5)) / length);
  }
  bases.set(key, basis);
  return basis;
}
const bases = new Map<string, Float64Array>();

function cachedFilters(sampleRate: number, fftLength: number, melBands: number): MelFilter[] {
  const key = `${sampleRate}/${fftLength}/${melBands}`;
  const known = filterCache.get(key) ?? melFilters({ sampleRate, fftLength, melBands });
  filterCache.set(key, known);
  return known;
}
const filterCache = new Map<string, MelFilter[]>();
