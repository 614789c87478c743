/** Stages of the resampler for a ratio of rates, cached. */
import { greatestCommonDivisor } from '../rms';
import type { Stage } from '../sample-source';
import { floatsAt, LANES } from '../simd';
import { convolution } from './convolution';
import { type Kernel, lowPass } from './low-pass';
import { interpolatedPhases, pickEvery, polyphase } from './polyphase';

/** The steps for a ratio. */
export interface Stages {
  readonly stages: readonly Stage[];
  /** Output samples that are made at once anyway. */
  readonly block: number;
}

/** Weights of the largest bank; above it (unusual rates) the slower route with interpolated phases runs. */
const LARGEST_BANK = 1_000_000;
/** Ratios kept; simple ones take some 50 KB, unusual ones up to four megabytes. */
const KEPT = 16;

const kept = new Map<string, Stages>();

/** @param tolerance relative error of the ratio that nobody will notice */
export function resamplingStages(ratio: number, tolerance: number): Stages {
  const fraction = approximate(ratio, tolerance);
  const key = fraction ? `${fraction.up}/${fraction.down}` : String(ratio);
  const known = kept.get(key);
  if (known) return known;
  const made = makeStages(fraction ? fraction.up / fraction.down : ratio, fraction);
  const [oldest] = kept.keys();
  if (kept.size >= KEPT) kept.delete(oldest);
  kept.set(key, made);
  return made;
}

/** A ratio of whole numbers. */
interface Fraction {
  up: number;
  down: number;
}

function makeStages(ratio: number, fraction: Fraction | undefined): Stages {
  const { steep, times, at, short } = lowPass(ratio);
  const filter = convolution(steep);
  if (at === 'output') {
    const change = fraction && reduced(fraction.up * times, fraction.down);
    return { stages: [...shortFilter(short, ratio * times, change), filter, ...picking(times)], block: LANES };
  }
  const change = fraction && reduced(fraction.up, fraction.down * times);
  const last = short ? shortFilter(short, ratio / times, change) : picking(Math.round(times / ratio));
  return { stages: [...stuffing(times), filter, ...last], block: short && change ? LANES * change.up : LANES };
}

function shortFilter(kernel: Kernel | undefined, ratio: number, fraction: Fraction | undefined): Stage[] {
  if (!kernel) return [];
  const isSmall = fraction && fraction.up * (2 * kernel.half + 1) <= LARGEST_BANK;
  return [isSmall ? polyphase(fraction.up, fraction.down, kernel) : interpolatedPhases(ratio, kernel)];
}

function picking(down: number): Stage[] {
  return down === 1 ? [] : [pickEvery(down)];
}

/** Puts zeros between the samples, so that there are `times` as many. */
function stuffing(times: number): Stage[] {
  const stuff: Stage = (read) => (first, count, scratch) => {
    const from = Math.ceil(first / times);
    const samples = Math.floor((count - 1 - (from * times - first)) / times) + 1;
    const place = scratch.floats(count);
    const input = floatsAt(read(from, samples, scratch), samples);
    const output = floatsAt(place, count);
    for (let i = 0, k = from * times - first; i < samples; i++, k += times) output[k] = input[i];
    return place;
  };
  return times === 1 ? [] : [stuff];
}

function reduced(up: number, down: number): Fraction {
  const divisor = greatestCommonDivisor(up, down);
  return { up: up / divisor, down: down / divisor };
}

/** The simplest fraction within a relative `tolerance` of the ratio, by continued fractions. */
function approximate(ratio: number, tolerance: number): Fraction | undefined {
  let [up, down, earlierUp, earlierDown] = [1, 0, 0, 1];
  let rest = ratio;
  for (let step = 0; step < 20 && up < 10_000; step++) {
    const whole = Math.floor(rest);
    [up, down, earlierUp, earlierDown] = [whole * up + earlierUp, whole * down + earlierDown, up, down];
    if (up > 0 && down > 0 && Math.abs(up / down / ratio - 1) <= tolerance) return { up, down };
    rest = 1 / (rest - whole);
    if (!Number.isFinite(rest)) return undefined;
  }
  return undefined;
}
