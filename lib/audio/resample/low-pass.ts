/**
 * The filter of the resampler: linear phase, and the shape of librosa's default (soxr HQ), so that the two agree
 * sample by sample even where they cut.
 *
 * soxr filters in one step where one rate is twice or three times the other. Elsewhere it cuts steeply at two to
 * three times the lower rate, then interpolates by a second, short filter, whose slope takes 0.008 dB at the end of
 * the pass band. Here times are in samples of the lower rate and frequencies in its Nyquist frequency; the numbers
 * were fitted to soxr's response to impulses, to within −135 dB.
 */

/** A windowed sinc: cutoff · sinc(cutoff · t) · a Kaiser window of `beta` from −half to half. */
interface Sinc {
  cutoff: number;
  beta: number;
  half: number;
}

/** Frequency at which the steep filters are down by half: midway between the ends of pass band (0.91374) and stop band (1). */
const CUTOFF = 0.956872;
const ONE_STEP: Sinc = { cutoff: CUTOFF, beta: 13.04, half: 97.25 };
/** Places per sample at which a filter is kept; cubic interpolation between them errs by less than −180 dB. */
const PLACES = 256;

/** A short filter over samples. */
export interface Kernel {
  /** Reach to either side, in samples. */
  readonly half: number;
  /** Weight at a distance in samples. */
  weight(distance: number): number;
}

/** The filter in its steps. */
export interface LowPass {
  /** The steep filter's weights from its middle on; it is even. */
  readonly steep: Float64Array;
  /** The rate at which it runs: so many times that of the input or of the output. */
  readonly times: number;
  readonly at: 'input' | 'output';
  /** Interpolates from the input to the steep filter or from it to the output; where it is not needed, undefined. */
  readonly short?: Kernel;
}

/** The filter for a ratio of output rate to input rate. */
export function lowPass(ratio: number): LowPass {
  const lower = Math.min(1, ratio);
  const change = Math.max(ratio, 1 / ratio);
  const whole = [2, 3].find((step) => Math.abs(change / step - 1) < 1e-9);
  if (whole !== undefined) {
    const steep = sample(ONE_STEP, whole).map((weight) => weight * lower);
    return { steep, times: ratio > 1 ? whole : 1, at: 'input' };
  }
  const octaves = Math.floor(Math.log2(1 / ratio));
  // Twice the input's rate, once that has been halved as often as it can be; or twice the output's.
  const fromInput = ratio > 1 || 2 ** -octaves / ratio < 1.5;
  const between = ratio > 1 || !fromInput ? 2 : 2 / ratio / 2 ** octaves;
  const { first, second } = twoSteps(between);
  const firstWeights = sample(first, between);
  const places = sample(second, PLACES);
  const kernel = (spacing: number, scale: number): Kernel => ({
    half: second.half / spacing,
    weight: (distance) => scale * interpolate(places, Math.abs(distance) * spacing * PLACES),
  });
  if (!fromInput) {
    return {
      steep: firstWeights.map((weight) => weight / between),
      times: 2,
      at: 'output',
      short: kernel(lower, lower),
    };
  }
  const times = ratio > 1 || octaves === 0 ? 2 : 1;
  const every = Math.max(1, 2 ** (octaves - 1)); // soxr runs the steep filter after halving: here it skips as many
  const steep = new Float64Array((firstWeights.length - 1) * every + 1);
  firstWeights.forEach((weight, i) => {
    steep[i * every] = weight / between;
  });
  return { steep, times, at: 'input', short: kernel(lower / times, lower) };
}

/** The two filters of soxr, given the rate between them. */
function twoSteps(between: number): { first: Sinc; second: Sinc } {
  // soxr's first filter has as many taps as its window needs, and one more than a multiple of four.
  const taps = 4 * Math.floor((Math.ceil(202.41 * between + 1) + 2) / 4) + 1;
  // The second need only stop the first's images, which begin at 2 · between − 1.
  const cutoff = 1.8175 + 0.8556 * (between - 2);
  const needed = (8.78 * between) / (2 * between - 1 - cutoff);
  const secondTaps = between === 2 ? 15 : 2 * Math.ceil(needed / 2);
  return {
    first: { cutoff: CUTOFF, beta: 13.711, half: taps / between / 2 },
    second: { cutoff, beta: 14.08, half: secondTaps / between / 2 },
  };
}

/** The right half of a windowed sinc, so many times per sample. */
function sample({ cutoff, beta, half }: Sinc, perSample: number): Float64Array {
  const scale = besselI0(beta);
  return Float64Array.from({ length: Math.ceil(half * perSample) + 4 }, (_, i) => {
    const inside = 1 - (i / perSample / half) ** 2;
    if (inside <= 0) return 0;
    const phase = (Math.PI * cutoff * i) / perSample;
    const height = phase === 0 ? 1 : Math.sin(phase) / phase;
    return (cutoff * height * besselI0(beta * Math.sqrt(inside))) / scale;
  });
}

/** Lagrange's polynomial through the four nearest places; 0 beyond the last. */
function interpolate(places: Float64Array, position: number): number {
  const at = Math.floor(position);
  if (at + 2 >= places.length) return 0;
  const x = position - at;
  const [y, z] = [x + 1, x - 1];
  const before = places[at === 0 ? 1 : at - 1]; // the filter is even
  return (
    (places[at] * y * z * (x - 2) - places[at + 1] * y * x * (x - 2)) / 2 +
    (places[at + 2] * y * x * z - before * x * z * (x - 2)) / 6
  );
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
