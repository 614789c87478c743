/** The file that marks a practice corpus, wherever it is unpacked. */
import path from 'node:path';
import { SerError } from '../../errors';
import { readJson } from '../../files';
import { dataPath } from '../../project';

/** Name of the file that marks an archive or folder as a practice corpus. */
export const PRACTICE_MARKER = 'PRACTICE.json';

/** Label of everything made from the practice corpus. */
export const PRACTICE_LABEL = 'practice corpus: synthetic voices';

/** Raised whenever the same options would make other sounds, so that no old archive is taken for a new one. */
export const PRACTICE_VERSION = 1;

/** Parameters of a practice corpus. */
export interface PracticeOptions {
  /** Default 11. */
  seed?: number;
  /** Voices, from 1 to 24; default 24. */
  voices?: number;
}

/** The content of the marker file. */
export interface PracticeMarker extends Required<PracticeOptions> {
  label: string;
  version: number;
  /** Of each sentence, where RAVDESS has two: 30 clips a voice. */
  repetitions: 1;
}

/**
 * The marker for these options, defaults filled in.
 *
 * @throws RangeError if an option is out of its range
 */
export function practiceMarker(options: PracticeOptions = {}): PracticeMarker {
  const { seed = 11, voices = 24 } = options;
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`makePracticeCorpus: seed must be a whole number, got ${seed}`);
  }
  if (!Number.isInteger(voices) || voices < 1 || voices > 24) {
    throw new RangeError(`makePracticeCorpus: voices must be 1 to 24, got ${voices}`);
  }
  return { label: PRACTICE_LABEL, version: PRACTICE_VERSION, seed, voices, repetitions: 1 };
}

/** Default path of a practice corpus: one zip for each choice of options, below `data/practice`. */
export function practiceZip(options: PracticeOptions = {}, folder = dataPath('practice')): string {
  const { seed, voices } = practiceMarker(options);
  return path.join(folder, `${voices}-voices-seed-${seed}.zip`);
}

/**
 * Reads a marker file.
 *
 * @throws SerError `bad-corpus` if it does not say what a practice corpus says
 */
export function readPracticeMarker(file: string): PracticeMarker {
  try {
    const { label, version, ...options } = readJson<PracticeMarker>(file);
    return { ...practiceMarker(options), label: String(label), version: Number(version) };
  } catch (cause) {
    throw new SerError('bad-corpus', `loadData: "${file}" must describe a practice corpus; make it again`, { cause });
  }
}
