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

/** Where the steep filters are down by half: midway between the ends of pass band (0.91374) and stop band (1). */
const CUTOFF = 0.956872;
const ONE_STEP: Sinc = { cutoff: CUTOFF, beta: 13.04, half: 97.25 };
/** Places per sample at which a filter is kept; cubic interpolation between them errs by less than −180 dB. */
const PLACES = 256;
/** Filters kept, of some 200 KB each. */
const KEPT = 8;

/** A low-pass filter over the input's samples. */
export interface Kernel {
  /** Reach to either side, in input samples. */
  readonly half: number;
  /** Weight at a distance in input samples. */
  weight(distance: number): number;
}

/** The filter for a ratio of output rate to input rate. */
export function lowPass(ratio: number): Kernel {
  const lower = Math.min(1, ratio);
  const places = placesFor(ratio);
  const half = Math.ceil((places.length - 4) / PLACES / lower);
  return { half, weight: (distance) => lower * interpolate(places, Math.abs(distance) * lower * PLACES) };
}

const kept = new Map<number, Float64Array>();

/** The right half of the filter, from its middle on. */
function placesFor(ratio: number): Float64Array {
  const times = Math.max(ratio, 1 / ratio);
  const whole = [2, 3].some((step) => Math.abs(times / step - 1) < 1e-9);
  const between = whole ? 0 : rateBetween(ratio);
  const known = kept.get(between);
  if (known) return known;
  const places = whole ? sample(ONE_STEP, PLACES) : twoSteps(between);
  const [oldest] = kept.keys();
  if (kept.size >= KEPT) kept.delete(oldest);
  kept.set(between, places);
  return places;
}

/** The rate between the two steps: twice the input's, once that has been halved as often as it can be. */
function rateBetween(ratio: number): number {
  if (ratio > 1) return 2;
  const halved = 1 / ratio / 2 ** Math.floor(Math.log2(1 / ratio));
  return halved < 1.5 ? 2 * halved : 2;
}

/** The first filter's samples, interpolated by the second: Σ first[n / between] second(t − n / between) / between. */
function twoSteps(between: number): Float64Array {
  // soxr's first filter has as many taps as its window needs, and one more than a multiple of four.
  const taps = 4 * Math.floor((Math.ceil(202.41 * between + 1) + 2) / 4) + 1;
  const first: Sinc = { cutoff: CUTOFF, beta: 13.711, half: taps / between / 2 };
  // The second need only stop the first's images, which begin at 2 · between − 1.
  const cutoff = 1.8175 + 0.8556 * (between - 2);
  const needed = (8.78 * between) / (2 * between - 1 - cutoff);
  const secondTaps = between === 2 ? 15 : 2 * Math.ceil(needed / 2);
  const second: Sinc = { cutoff, beta: 14.08, half: secondTaps / between / 2 };
  const firstSamples = sample(first, between);
  const secondPlaces = sample(second, PLACES);
  const reach = first.half + second.half;
  return Float64Array.from({ length: Math.ceil(reach * PLACES) + 4 }, (_, i) => {
    const time = i / PLACES;
    let sum = 0;
    const last = Math.floor((time + second.half) * between);
    for (let n = Math.ceil((time - second.half) * between); n <= last; n++) {
      const weight = firstSamples[Math.abs(n)] ?? 0;
      sum += weight * interpolate(secondPlaces, Math.abs(time - n / between) * PLACES);
    }
    return sum / between;
  });
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
