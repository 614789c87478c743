/** Sounds given by formula with the MFCCs that librosa made of them: a comparison that needs no Python. */
import path from 'node:path';
import type { Signal } from '../audio/signal';
import { readJson } from '../files';
import { PROJECT } from '../project';
import type { FeatureMatrix } from './mel/mfcc';

/** A sound, and what librosa made of it. */
export interface LibrosaExample {
  name: string;
  signal: Signal;
  /** librosa's MFCCs with its defaults; of a sound at another rate than 22,050 Hz after librosa's resampling to it. */
  mfcc: FeatureMatrix;
  /** Such as "librosa 0.11.0, soxr 1.1.0, numpy 2.4.6". */
  tool: string;
}

/** The parts of librosa-golden.json used here. */
interface Golden {
  tool: string;
  signals: GoldenEntry[];
  resampling: GoldenEntry & { resampled: Pick<GoldenEntry, 'mfcc'> };
}
interface GoldenEntry {
  name: string;
  sampleRate: number;
  samples: number;
  mfcc: { frames: number; coefficients: number; values: number[] };
}

/** Path of the golden file; librosa-golden.py beside it generates it. */
const FILE = path.join(PROJECT, 'lib', 'test', 'fixtures', 'librosa-golden.json');

/** Eight sounds at 22,050 Hz, and one at 48,000 Hz. */
export function librosaExamples(): LibrosaExample[] {
  const { tool, signals, resampling } = readJson<Golden>(FILE);
  return [...signals, { ...resampling, mfcc: resampling.resampled.mfcc }].map(
    ({ name, samples, sampleRate, mfcc }): LibrosaExample => ({
      name,
      signal: soundByFormula(name, samples, sampleRate),
      mfcc: { ...mfcc, values: Float32Array.from(mfcc.values) },
      tool,
    }),
  );
}

// The formulas are those of test/fixtures/librosa-golden.py, which explains them.
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

/** A sound by its name, for a golden file that names only these. */
export function soundByFormula(name: string, samples: number, sampleRate: number): Signal {
  const formula = name === 'noise' ? noise() : formulas[name];
  return { samples: Float32Array.from({ length: samples }, (_, i) => formula(i / sampleRate, i)), sampleRate };
}
