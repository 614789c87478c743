/** What librosa made of the sounds of fixtures/librosa-golden.py, which are rebuilt from the same formulas. */
import path from 'node:path';
import type { Signal } from '../../audio/signal';
import { soundByFormula } from '../../features/librosa-examples';
import { readJson } from '../../files';

/** [frames × coefficients], row by row. */
interface GoldenMatrix {
  frames: number;
  coefficients: number;
  values: number[];
}
interface GoldenSound {
  samples: number;
  rms: number;
  segments: { start: number; values: number[] }[];
  mfcc: GoldenMatrix;
}
interface GoldenSignal {
  name: string;
  sampleRate: number;
  samples: number;
  first: number[];
  last: number[];
  mfcc: GoldenMatrix;
  mean40?: number[];
  mel?: { bands: number; frames: number[]; values: number[] };
  pitch?: GoldenSound & { semitones: number };
  stretch?: GoldenSound & { rate: number };
}
/** What librosa-golden.py wrote. */
interface Golden {
  tool: string;
  signals: GoldenSignal[];
  resampling: GoldenSignal & { resampled: GoldenSound & { sampleRate: number } };
}

/** Compiled tests run in lib/dist/test; the fixtures stay in lib/test. */
export const fixtures = path.join(__dirname, '../../../test/fixtures');
export const golden = readJson<Golden>(path.join(fixtures, 'librosa-golden.json'));

/** The sound that a golden entry describes. */
export function rebuild({ name, samples, sampleRate }: GoldenSignal): Signal {
  return soundByFormula(name, samples, sampleRate);
}

/** The golden entry of a name. */
export function goldenSignal(name: string): GoldenSignal {
  const found = golden.signals.find((signal) => signal.name === name);
  if (!found) throw new RangeError(`goldenSignal: no signal is named "${name}"`);
  return found;
}

/** The largest absolute difference between two lists of one length. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    if (!(difference <= largest)) largest = difference; // a NaN counts as a difference
  }
  return largest;
}
