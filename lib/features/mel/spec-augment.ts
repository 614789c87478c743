/** SpecAugment masks over time and frequency, so that a model does not depend on any one moment or band. */
import type { Random } from '../../random';
import type { FeatureMatrix } from './mfcc';

/** Options of `specAugment`. */
export interface SpecAugmentOptions {
  /** Stretches of frames masked, int ≥ 0; default 1. */
  timeMasks?: number;
  /** Frames of a stretch, at most, int ≥ 0; default 20. */
  timeWidth?: number;
  /** Share of all frames that a stretch may cover, at most, from 0 to 1; default 0.2. */
  timeShare?: number;
  /** Ranges of coefficients masked, int ≥ 0; default 1. */
  frequencyMasks?: number;
  /** Coefficients of a range, at most, int ≥ 0; default a fifth of them. */
  frequencyWidth?: number;
  /** Fill of masked values: a number, or the mean over the matrix; default `mean`. */
  fill?: number | 'mean';
}

/**
 * Masks stretches of frames and ranges of bands: SpecAugment without its time warp.
 *
 * Each mask's width is drawn from 0 to its most, then its place; masks may overlap. Meant for mel spectrograms in
 * decibels; on MFCCs a frequency mask hides shapes of the spectrum rather than bands.
 *
 * @returns a fresh matrix of the same shape; the same for the same generator state
 * @throws RangeError if an option is out of its range
 * @see Park et al. (2019), who found that the time warp helps least
 */
export function specAugment(features: FeatureMatrix, random: Random, options: SpecAugmentOptions = {}): FeatureMatrix {
  return { ...features, values: specAugmentBatch(features.values, features, random, options) };
}

/**
 * `specAugment` of a batch, every clip with masks of its own.
 *
 * @param values row-major [clips × frames × coefficients]
 * @returns a fresh array of the same shape
 * @throws RangeError if `values` is not a whole number of clips, or as `specAugment`
 */
export function specAugmentBatch(
  values: Float32Array,
  { frames, coefficients }: { frames: number; coefficients: number },
  random: Random,
  options: SpecAugmentOptions = {},
): Float32Array {
  const size = frames * coefficients;
  if (!(values.length % size === 0)) {
    throw new RangeError(
      `specAugmentBatch: values must be a multiple of ${frames} × ${coefficients}, got ${values.length}`,
    );
  }
  const masked = values.slice();
  for (let start = 0; start < masked.length; start += size) {
    mask(masked.subarray(start, start + size), frames, coefficients, random, options);
  }
  return masked;
}

/** Masks one clip in place. */
function mask(
  values: Float32Array,
  frames: number,
  coefficients: number,
  random: Random,
  options: SpecAugmentOptions,
): void {
  const { timeMasks = 1, timeWidth = 20, timeShare = 0.2, frequencyMasks = 1, fill = 'mean' } = options;
  const { frequencyWidth = Math.floor(coefficients / 5) } = options;
  for (const [name, value] of Object.entries({ timeMasks, timeWidth, frequencyMasks, frequencyWidth })) {
    if (!(Number.isInteger(value) && value >= 0)) {
      throw new RangeError(`specAugment: ${name} must be a whole number from 0 up, got ${value}`);
    }
  }
  if (!(timeShare >= 0 && timeShare <= 1)) {
    throw new RangeError(`specAugment: timeShare must be 0 to 1, got ${timeShare}`);
  }
  const filling = fill === 'mean' ? meanOf(values) : fill;
  /** A random stretch of at most `most` of `length` places. */
  const span = (length: number, most: number): [number, number] => {
    const width = random.integer(0, most);
    const from = random.integer(0, length - width);
    return [from, from + width];
  };
  const mostFrames = Math.min(timeWidth, Math.floor(timeShare * frames));
  for (let i = 0; i < timeMasks; i++) maskFrames(values, coefficients, span(frames, mostFrames), filling);
  const mostCoefficients = Math.min(frequencyWidth, coefficients);
  for (let i = 0; i < frequencyMasks; i++)
    maskColumns(values, coefficients, span(coefficients, mostCoefficients), filling);
}

/** The mean that masked values are filled with. */
export function meanOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Fills frames from one to before another, in place. */
export function maskFrames(
  values: Float32Array,
  coefficients: number,
  [from, to]: readonly [number, number],
  filling: number,
): void {
  values.fill(filling, from * coefficients, to * coefficients);
}

/** Fills a range of coefficients in every frame, in place. */
export function maskColumns(
  values: Float32Array,
  coefficients: number,
  [from, to]: readonly [number, number],
  filling: number,
): void {
  for (let row = 0; row < values.length; row += coefficients) values.fill(filling, row + from, row + to);
}
