/** The mel scale and its triangular filters, in Slaney's variant, which librosa uses by default, and in HTK's. */

/** Frequency at which the Slaney scale changes from linear to logarithmic. */
const BREAK_HERTZ = 1000;
const HERTZ_PER_MEL = 200 / 3;
const BREAK_MEL = BREAK_HERTZ / HERTZ_PER_MEL; // 15
const LOG_STEP = Math.log(6.4) / 27;

/** Slaney's mel: linear to 1,000 Hz, logarithmic above. */
export function hertzToMel(hertz: number): number {
  return hertz < BREAK_HERTZ ? hertz / HERTZ_PER_MEL : BREAK_MEL + Math.log(hertz / BREAK_HERTZ) / LOG_STEP;
}

/** The inverse of `hertzToMel`. */
export function melToHertz(mel: number): number {
  return mel < BREAK_MEL ? mel * HERTZ_PER_MEL : BREAK_HERTZ * Math.exp(LOG_STEP * (mel - BREAK_MEL));
}

/** HTK's mel: 2595 log₁₀(1 + f / 700). */
export function hertzToMelHtk(hertz: number): number {
  return 2595 * Math.log10(1 + hertz / 700);
}

/** The inverse of `hertzToMelHtk`. */
export function melToHertzHtk(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}

/** Hertz up to which vocal tract length perturbation scales frequencies; covers the formants that matter. */
const HIGHEST = 4800;

/**
 * Maps a frequency to that of a changed vocal-tract length: f · factor for speech, then a line that meets half
 * the sample rate, so that nothing leaves the spectrum.
 *
 * @param hertz from 0 to half the sample rate
 * @param factor > 0, above 1 for a shorter tract
 * @see Jaitly & Hinton (2013), section 3
 * @example
 * warpFrequency(1000, 1.1, 22_050) // 1100
 */
export function warpFrequency(hertz: number, factor: number, sampleRate: number): number {
  if (!(factor > 0)) throw new RangeError(`warpFrequency: factor must be above 0, got ${factor}`);
  const nyquist = sampleRate / 2;
  const warped = Math.min(HIGHEST, 0.9 * nyquist) * Math.min(factor, 1);
  const border = warped / factor;
  if (hertz <= border) return hertz * factor;
  return nyquist - ((nyquist - warped) / (nyquist - border)) * (nyquist - hertz);
}

/** The variants of the filters. Frequencies in hertz. */
export interface MelScaleOptions {
  /** Lower edge of the lowest band, ≥ 0; default 0. */
  fmin?: number;
  /** Upper edge of the highest band, above `fmin` and up to half the sample rate; default half the sample rate. */
  fmax?: number;
  /** Uses HTK's scale instead of Slaney's; default false. */
  htk?: boolean;
  /** `slaney`: triangles of equal area; null: triangles of height 1; default `slaney`. */
  norm?: 'slaney' | null;
  /** Vocal tract length perturbation: band frequencies are mapped by `warpFrequency`, > 0; default 1, unchanged. */
  vocalTractFactor?: number;
}

/** Options of `melFilters`. */
export interface MelFilterOptions extends MelScaleOptions {
  /** Hertz. */
  sampleRate: number;
  /** Samples per FFT. */
  fftLength: number;
  /** Bands, int > 0. */
  melBands: number;
}

/** One triangle: the weights of the spectrum's bins from `start` on. */
export interface MelFilter {
  readonly start: number;
  readonly weights: Float64Array;
}

/**
 * Overlapping triangles, evenly spaced in mel from `fmin` to `fmax`, by default of equal area.
 *
 * @throws RangeError if an option is out of its range
 * @see Slaney, Auditory Toolbox (1998); Young et al., The HTK Book; agrees with librosa.filters.mel (mfcc.test.ts,
 * cepstra.test.ts)
 */
export function melFilters(options: MelFilterOptions): MelFilter[] {
  const { sampleRate, fftLength, melBands, fmin = 0, fmax = sampleRate / 2, htk = false, norm = 'slaney' } = options;
  const { vocalTractFactor = 1 } = options;
  if (!(melBands > 0)) throw new RangeError(`melFilters: melBands must be above 0, got ${melBands}`);
  if (!(fmax > 0 && fmax <= sampleRate / 2)) {
    throw new RangeError(`melFilters: fmax must be up to ${sampleRate / 2} Hz (half the sample rate), got ${fmax}`);
  }
  if (!(fmin >= 0 && fmin < fmax)) throw new RangeError(`melFilters: fmin must be 0 to below fmax, got ${fmin}`);
  const [toMel, toHertz] = htk ? [hertzToMelHtk, melToHertzHtk] : [hertzToMel, melToHertz];
  const [bottom, top] = [toMel(fmin), toMel(fmax)];
  const edges = Array.from({ length: melBands + 2 }, (_, i) => {
    const edge = toHertz(bottom + (i * (top - bottom)) / (melBands + 1));
    return vocalTractFactor === 1 ? edge : warpFrequency(edge, vocalTractFactor, sampleRate);
  });
  const hertz = (bin: number): number => (bin * sampleRate) / fftLength;
  return Array.from({ length: melBands }, (_, band) => {
    const [low, centre, high] = [edges[band], edges[band + 1], edges[band + 2]];
    const scale = norm === 'slaney' ? 2 / (high - low) : 1;
    const start = Math.min(fftLength / 2, Math.ceil((low * fftLength) / sampleRate));
    const end = Math.min(fftLength / 2, Math.floor((high * fftLength) / sampleRate));
    const weights = Float64Array.from({ length: Math.max(0, end - start + 1) }, (_, i) => {
      const rising = (hertz(start + i) - low) / (centre - low);
      const falling = (high - hertz(start + i)) / (high - centre);
      return Math.max(0, Math.min(rising, falling)) * scale;
    });
    return { start, weights };
  });
}
