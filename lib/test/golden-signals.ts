/** The sounds of fixtures/librosa-golden.py, rebuilt from the same formulas, beside what librosa made of them. */
import path from 'node:path';
import type { Signal } from '../audio/signal';
import { readJson } from '../files';

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
export const fixtures = path.join(__dirname, '../../test/fixtures');
export const golden = readJson<Golden>(path.join(fixtures, 'librosa-golden.json'));

const TAU = 2 * Math.PI;
const FORMANTS = [
  [700, 80],
  [1220, 110],
  [2600, 160],
  [3300, 200],
];

function speech(t: number): number {
  const phase = TAU * 120 * t + (14.4 / 1.5) * (1 - Math.cos(TAU * 1.5 * t));
  let sum = 0;
  for (let k = 1; k <= 40; k++) {
    let gain = 0;
    for (const [centre, width] of FORMANTS) gain += 1 / (1 + ((120 * k - centre) / width) ** 2);
    sum += (gain / Math.sqrt(k)) * Math.sin(k * phase);
  }
  return 0.2 * 0.5 * (1 - Math.cos(TAU * 3 * t)) * sum;
}

function vibrato(t: number): number {
  const phase = TAU * 180 * t + (3.6 / 5.5) * (1 - Math.cos(TAU * 5.5 * t));
  let sum = 0;
  for (let k = 1; k <= 10; k++) sum += (0.3 / k) * Math.sin(k * phase);
  return Math.exp(-2 * t) * sum;
}

function noise(): () => number {
  let state = 11;
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return 0.6 * (state / 4294967296 - 0.5);
  };
}

const formulas: Record<string, (t: number, i: number) => number> = {
  sines: (t) => 0.3 * Math.sin(TAU * 220 * t) + 0.2 * Math.sin(TAU * 554.37 * t) + 0.1 * Math.sin(TAU * 3000 * t),
  chirp: (t) => 0.5 * Math.sin(TAU * (100 * t + 0.5 * (7900 / 2.4) * t * t)),
  impulses: (_, i) => (i % 441 === 0 ? 0.8 : 0),
  amplitudeModulated: (t) => 0.25 * (1 + 0.8 * Math.sin(TAU * 4 * t)) * Math.sin(TAU * 1000 * t),
  vibrato,
  click: (_, i) => (i === 26_460 ? 0.9 : 0),
  speech,
  bright: (t) => speech(t) + 0.05 * Math.sin(TAU * 9000 * t) + 0.05 * Math.sin(TAU * 15_000 * t),
};

/** The sound that a golden entry describes. */
export function rebuild({ name, samples, sampleRate }: GoldenSignal): Signal {
  const formula = name === 'noise' ? noise() : formulas[name];
  return { samples: Float32Array.from({ length: samples }, (_, i) => formula(i / sampleRate, i)), sampleRate };
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
