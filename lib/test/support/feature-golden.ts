/** What librosa-features-golden.py wrote, and how far features lie from it. */
import path from 'node:path';
import type { Signal } from '../../audio/signal';
import { readJson } from '../../files';
import { fixtures, goldenSignal, rebuild } from './golden-signals';

/** [frames × coefficients], row by row; null where librosa says "not a number". */
export interface GoldenFeature {
  frames: number;
  coefficients: number;
  values: (number | null)[];
}

/** Features that `describe` in librosa-features-golden.py lists. */
export type GoldenFeatureName =
  | 'rms'
  | 'zeroCrossingRate'
  | 'spectralCentroid'
  | 'spectralBandwidth'
  | 'spectralRolloff'
  | 'spectralFlatness'
  | 'spectralContrast'
  | 'chroma'
  | 'yin'
  | 'pyin'
  | 'voicedProbability';

/** One sound and its features. */
export interface GoldenCase {
  name: string;
  sampleRate: number;
  samples: number;
  fmin: number;
  fmax: number;
  frameLength: number;
  hopLength: number;
  tuning: number;
  trim: [number, number];
  features: Record<GoldenFeatureName, GoldenFeature>;
}

/** Cepstra of one sound and what is made of them. */
export interface GoldenCepstra {
  mfcc: GoldenFeature;
  lifted: GoldenFeature;
  htkMfcc: GoldenFeature;
  htkMel: GoldenFeature;
  htkMelSlaney: GoldenFeature;
  delta: Record<string, GoldenFeature>;
  statistics: Record<string, number[]>;
}

/** The whole file. */
export const featureGolden = readJson<{
  tool: string;
  cases: GoldenCase[];
  cepstra: Record<string, GoldenCepstra>;
  preemphasis: Record<string, Record<string, number[]>>;
}>(path.join(fixtures, 'librosa-features-golden.json'));

/** Whether a case has librosa's default parameters. */
export function isDefault({ sampleRate }: GoldenCase): boolean {
  return sampleRate === 22_050;
}

/** How a case is called in the name of a test. */
export function titleOf({ name, samples, sampleRate }: GoldenCase): string {
  return `"${name}" (${samples} samples at ${sampleRate} Hz)`;
}

/** The sound of a case. */
export function soundOf({ name, sampleRate, samples }: Pick<GoldenCase, 'name' | 'sampleRate' | 'samples'>): Signal {
  if (name === 'silence') return { samples: new Float32Array(samples), sampleRate };
  return rebuild({ ...goldenSignal(name), sampleRate, samples });
}

/** How far values lie from librosa's. */
export interface Deviation {
  /** The largest difference. */
  absolute: number;
  /** The largest difference over librosa's value, of the differences above the floor. */
  relative: number;
  /** Share of the values that differ by more than the tolerance. */
  share: number;
  /** For the reader of a test's output. */
  text: string;
}

/**
 * Compares values one by one; both being "not a number" is agreement.
 *
 * @param tolerance relative difference from which on a value counts for `share`; default 1e-3
 * @param floor differences up to this are agreement whatever the value; default 0
 */
export function deviationOf(
  actual: ArrayLike<number>,
  { values }: Pick<GoldenFeature, 'values'>,
  { tolerance = 1e-3, floor = 0 } = {},
): Deviation {
  if (actual.length !== values.length) {
    throw new RangeError(`deviationOf: there must be ${values.length} values, got ${actual.length}`);
  }
  let [absolute, relative, far] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const expected = values[i] ?? Number.NaN;
    if (Number.isNaN(expected) && Number.isNaN(actual[i])) continue;
    const difference = Math.abs(actual[i] - expected);
    if (difference <= floor) {
      absolute = Math.max(absolute, difference);
      continue;
    }
    const ratio = difference / Math.abs(expected);
    if (!(ratio <= tolerance)) far++; // a NaN on one side is far, too
    if (Number.isFinite(difference)) absolute = Math.max(absolute, difference);
    relative = Math.max(relative, Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio);
  }
  const share = far / values.length;
  const above = floor > 0 ? ` (above ${floor})` : '';
  const text = `largest difference ${absolute.toExponential(1)}, relative${above} ${relative.toExponential(1)}, beyond ${tolerance}: ${far} of ${values.length}`;
  return { absolute, relative, share, text };
}
