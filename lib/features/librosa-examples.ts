/** Sounds given by formula with the MFCCs that librosa made of them: a comparison that needs no Python. */
import path from 'node:path';
import type { Signal } from '../audio/signal';
import { readJson } from '../files';
import { PROJECT } from '../project';
import { soundByFormula } from './formula-sounds';
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
  resampling: GoldenEntry & { resampled: { mfcc: GoldenMatrix } };
}
interface GoldenEntry {
  name: string;
  sampleRate: number;
  samples: number;
  mfcc: GoldenMatrix;
}
interface GoldenMatrix {
  frames: number;
  coefficients: number;
  values: number[];
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
