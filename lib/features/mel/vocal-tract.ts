/** Vocal tract length perturbation: the same words from a slightly longer or shorter throat. */
import type { Random } from '../../random';

/** Hertz up to which frequencies are scaled; covers the formants that matter. */
const HIGHEST = 4800;

/**
 * Maps a frequency to that of a changed vocal-tract length: f · factor for speech, then a line that meets half
 * the sample rate, so that nothing leaves the spectrum.
 *
 * @param hertz from 0 to half the sample rate
 * @param factor > 0, above 1 for a shorter tract
 * @param highest hertz up to which a factor of 1 or less scales, at most 90 % of half the sample rate; default 4,800
 * @see Jaitly & Hinton (2013), section 3
 * @example
 * warpFrequency(1000, 1.1, 22_050) // 1100
 */
export function warpFrequency(hertz: number, factor: number, sampleRate: number, highest: number = HIGHEST): number {
  if (!(factor > 0)) throw new RangeError(`warpFrequency: factor must be above 0, got ${factor}`);
  const nyquist = sampleRate / 2;
  const warped = Math.min(highest, 0.9 * nyquist) * Math.min(factor, 1);
  const border = warped / factor;
  if (hertz <= border) return hertz * factor;
  return nyquist - ((nyquist - warped) / (nyquist - border)) * (nyquist - hertz);
}

/**
 * A factor for `MelOptions.vocalTractFactor`, uniform from 1 − spread to 1 + spread.
 *
 * @param spread from 0 to below 1; default 0.1, Jaitly and Hinton's
 */
export function randomVocalTractFactor(random: Random, spread = 0.1): number {
  if (!(spread >= 0 && spread < 1)) {
    throw new RangeError(`randomVocalTractFactor: spread must be from 0 to below 1, got ${spread}`);
  }
  return random.uniform(1 - spread, 1 + spread);
}
