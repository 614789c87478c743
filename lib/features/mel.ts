/** The mel scale and its triangular filters, in Slaney's variant, which librosa uses by default. */

/** Where the Slaney scale turns from linear to logarithmic. */
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

/** Options of `melFilters`. */
export interface MelFilterOptions {
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
 * Overlapping triangles of equal area, evenly spaced in mel from 0 Hz to half the sample rate.
 *
 * @see Slaney, Auditory Toolbox (1998); agrees with librosa.filters.mel (features/mfcc.test.ts)
 */
export function melFilters({ sampleRate, fftLength, melBands }: MelFilterOptions): MelFilter[] {
  if (!(melBands > 0)) throw new RangeError(`melFilters: melBands must be above 0, got ${melBands}`);
  const top = hertzToMel(sampleRate / 2);
  const edges = Array.from({ length: melBands + 2 }, (_, i) => melToHertz((i * top) / (melBands + 1)));
  const hertz = (bin: number): number => (bin * sampleRate) / fftLength;
  return Array.from({ length: melBands }, (_, band) => {
    const [low, centre, high] = [edges[band], edges[band + 1], edges[band + 2]];
    const area = 2 / (high - low);
    const start = Math.min(fftLength / 2, Math.ceil((low * fftLength) / sampleRate));
    const end = Math.min(fftLength / 2, Math.floor((high * fftLength) / sampleRate));
    const weights = Float64Array.from({ length: Math.max(0, end - start + 1) }, (_, i) => {
      const rising = (hertz(start + i) - low) / (centre - low);
      const falling = (high - hertz(start + i)) / (high - centre);
      return Math.max(0, Math.min(rising, falling)) * area;
    });
    return { start, weights };
  });
}
