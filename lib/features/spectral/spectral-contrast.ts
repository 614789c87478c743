/** Spectral contrast between peaks and valleys, octave by octave: high for clear harmonics, low for noise. */
import type { Signal } from '../../audio/signal';
import type { StftOptions } from '../../audio/transform/stft';
import { type FeatureMatrix, powerToDb } from '../mel/mfcc';
import { roundHalfToEven } from '../numerics';
import { asSpectrogram, type Spectrogram } from './spectrogram';

/** Options of `spectralContrast`. */
export interface ContrastOptions extends StftOptions {
  /** Lower edge of the first octave in hertz, > 0; default 200. */
  fmin?: number;
  /** Octaves above `fmin`, int > 0; default 6. Frequencies below `fmin` form one more band. */
  bands?: number;
  /** The share of a band's bins that make its peak, and its valley, between 0 and 1; default 0.02. */
  quantile?: number;
  /** Returns peak − valley as magnitudes instead of a difference in decibels; default false. */
  linear?: boolean;
}

/**
 * The mean of the strongest bins of each octave above the mean of its weakest, in decibels.
 *
 * @returns [frames × (bands + 1)], the band below `fmin` first
 * @throws RangeError if an option is out of its range, or an octave begins at half the sample rate or above
 * @see Jiang et al. (2002); agrees with librosa.feature.spectral_contrast (spectral.test.ts)
 */
export function spectralContrast(input: Signal | Spectrogram, options: ContrastOptions = {}): FeatureMatrix {
  const { fmin = 200, bands = 6, quantile = 0.02, linear = false } = options;
  if (!(fmin > 0)) throw new RangeError(`spectralContrast: fmin must be above 0, got ${fmin}`);
  if (!(Number.isInteger(bands) && bands > 0)) {
    throw new RangeError(`spectralContrast: bands must be a whole number above 0, got ${bands}`);
  }
  if (!(quantile > 0 && quantile < 1)) {
    throw new RangeError(`spectralContrast: quantile must be between 0 and 1, got ${quantile}`);
  }
  const spectrogram = asSpectrogram(input, options);
  const ranges = octaves(spectrogram, fmin, bands, quantile);
  const { frames, coefficients: bins } = spectrogram;
  const shape = { frames, coefficients: bands + 1 };
  const peak = { ...shape, values: new Float32Array(frames * shape.coefficients) };
  const valley = { ...shape, values: new Float32Array(frames * shape.coefficients) };
  const least = new Float64Array(Math.max(...ranges.map(({ picked }) => picked)));
  for (let frame = 0; frame < frames; frame++) {
    const magnitudes = spectrogram.values.subarray(frame * bins, (frame + 1) * bins);
    for (const [band, range] of ranges.entries()) {
      const place = frame * shape.coefficients + band;
      valley.values[place] = extremeMean(magnitudes, range, 1, least);
      peak.values[place] = extremeMean(magnitudes, range, -1, least);
    }
  }
  const [high, low] = linear ? [peak, valley] : [powerToDb(peak), powerToDb(valley)];
  return { ...shape, values: high.values.map((value, i) => value - low.values[i]) };
}

/** The bins of each band, from `from` to before `to`, and how many of them make a peak or a valley. */
function octaves(
  { sampleRate, fftLength, coefficients: bins }: Spectrogram,
  fmin: number,
  bands: number,
  quantile: number,
): { from: number; to: number; picked: number }[] {
  return Array.from({ length: bands + 1 }, (_, band) => {
    const low = band === 0 ? 0 : fmin * 2 ** (band - 1);
    const high = fmin * 2 ** band;
    if (low >= sampleRate / 2) {
      throw new RangeError(
        `spectralContrast: bands must begin below ${sampleRate / 2} Hz (half the sample rate), got ${low}; lower fmin or bands`,
      );
    }
    // A bin on a border belongs to both bands; then each band takes one more below and gives up its highest.
    const first = Math.ceil((low * fftLength) / sampleRate);
    const last = Math.min(bins - 1, Math.floor((high * fftLength) / sampleRate));
    const from = band === 0 ? first : first - 1;
    const end = band === bands ? bins : last + 1;
    const to = band === bands ? end : end - 1;
    return { from, to, picked: Math.max(1, roundHalfToEven(quantile * (end - from))) };
  });
}

/**
 * Mean of the `count` smallest values from `from` to before `to`; with a sign of −1, of the largest.
 *
 * @param least work space of at least `count` numbers
 */
function extremeMean(
  values: Float32Array,
  { from, to, picked }: { from: number; to: number; picked: number },
  sign: 1 | -1,
  least: Float64Array,
): number {
  const kept = Math.min(picked, to - from);
  if (kept <= 0) return 0;
  least.fill(Number.POSITIVE_INFINITY, 0, kept); // ascending
  for (let i = from; i < to; i++) {
    const value = sign * values[i];
    if (!(value < least[kept - 1])) continue;
    let place = kept - 1;
    for (; place > 0 && least[place - 1] > value; place--) least[place] = least[place - 1];
    least[place] = value;
  }
  let sum = 0;
  for (let i = 0; i < kept; i++) sum += least[i];
  return (sign * sum) / kept;
}
