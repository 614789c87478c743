/** The first step of the road: recordings if there are any, else practice voices; and what the next step reads. */
import fs from 'node:fs';
import { SerError } from '../errors';
import { readJson, writeJson } from '../files';
import { dataPath } from '../project';
import { list, object, oneOf, record, type Schema, text } from '../schema';
import { checkPlaces, clipSchema } from './clip';
import { type Corpus, findCorpus, loadData } from './corpus';
import type { CorpusReport } from './corpus-report';
import { makePracticeCorpus } from './practice/make';

/** Options of `openCorpus`. */
export interface OpenCorpusOptions {
  /** A folder or zip of RAVDESS; default SER_DATA, then data/ravdess, then the practice corpus. */
  data?: string;
  /** Voices of the practice corpus, from 3 to 24; default 24. */
  practiceVoices?: number;
  /** Seed of the practice corpus; default 11. */
  seed?: number;
  /** Go on where an actor lacks some clips; default false. */
  allowMissing?: boolean;
  /** Called while the practice corpus is made. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * Finds the recordings, unpacks them if needed, and checks them; makes the practice corpus if there are none.
 *
 * @throws SerError `bad-corpus` or `bad-archive` if what was found cannot be used
 * @example const corpus = await openCorpus({ data: 'ravdess.zip' })
 */
export async function openCorpus(options: OpenCorpusOptions = {}): Promise<Corpus> {
  const { data, practiceVoices = 24, seed = 11, allowMissing, onProgress } = options;
  const found = findCorpus({ path: data });
  if (found.kind === 'ravdess') return loadData(found.path, { allowMissing });
  const practice = await makePracticeCorpus('', { voices: practiceVoices, seed, onProgress });
  return loadData(practice.zip, { allowMissing });
}

const pointer = (): string => dataPath('corpora', 'latest.json');

const corpusSchema: Schema<Corpus> = object({
  kind: oneOf(['ravdess', 'practice']),
  label: text,
  folder: text,
  clips: list(clipSchema, { least: 1 }),
  fingerprint: text,
  report: record as Schema<unknown> as Schema<CorpusReport>,
});

/**
 * Keeps the list of clips for the next notebook.
 *
 * @example saveCorpus(await openCorpus())
 */
export function saveCorpus(corpus: Corpus): string {
  writeJson(pointer(), corpus);
  return pointer();
}

/**
 * The corpus that 1-data saved last.
 *
 * @throws SerError `bad-artefact` if there is none, or its recordings were moved
 * @example const { clips } = loadCorpus()
 */
export function loadCorpus(): Corpus {
  if (!fs.existsSync(pointer())) {
    throw new SerError('bad-artefact', `loadCorpus: no ${pointer()}; run 1-data first`);
  }
  const corpus = readJson(pointer(), corpusSchema, 'run 1-data again');
  checkPlaces('loadCorpus', corpus.clips, 'run 1-data again');
  return corpus;
}
