/** The utterance vectors of a corpus, computed once on all cores and kept beside its other features. */
import fs from 'node:fs';
import path from 'node:path';
import { readJson, writeFile, writeJson } from '../../files';
import { forEachInThreads, type ThreadOptions } from '../../threads';
import { hashFile } from '../clip-content';
import type { FeatureStore } from '../store';
import { UTTERANCE } from './settings';
import { UTTERANCE_FEATURES } from './utterance-vector';

/** The vectors of every clip, version by version. */
export interface Utterances {
  /** [clips × versions × features], row-major. */
  readonly values: Float32Array;
  /** Speeds that each clip is there at; the first is the recording itself. */
  readonly versions: number;
  /** Numbers per vector. */
  readonly features: number;
}

/** Options of `computeUtterances`. */
export interface UtteranceOptions extends ThreadOptions {
  /** Called after each recording with how many are done, of how many. */
  onProgress?: (done: number, total: number) => void;
}

/** utterances.json: what the numbers beside it are. */
interface UtteranceManifest {
  settings: typeof UTTERANCE;
  /** Of the file of numbers. */
  hash: string;
}

const THREAD_FUNCTION = { file: require.resolve('./versions'), name: 'recordingVersions' };

/**
 * The vectors of a store's clips: read from its folder if they are there, else computed and written there.
 *
 * The store's folder is of these recordings with this content, so that the vectors are too. They are computed again
 * where settings or code version changed or the file is damaged.
 *
 * @throws SerError `bad-audio` naming the first recording that cannot be read
 */
export async function computeUtterances(store: FeatureStore, options: UtteranceOptions = {}): Promise<Utterances> {
  const { onProgress, ...threads } = options;
  const { clips } = store.manifest;
  const shape = { versions: UTTERANCE.speeds.length, features: UTTERANCE_FEATURES.length };
  const [numbers, manifest] = ['utterances.f32', 'utterances.json'].map((name) => path.join(store.folder, name));
  const size = shape.versions * shape.features;
  const stored = read(numbers, manifest, clips.length * size);
  if (stored) return { values: stored, ...shape };
  const values = new Float32Array(clips.length * size);
  let done = 0;
  const recordings = clips.map(({ path: file }) => ({ path: file }));
  await forEachInThreads(THREAD_FUNCTION, recordings, threads, (index, vectors: Float32Array) => {
    values.set(vectors, index * size);
    onProgress?.(++done, clips.length);
  });
  writeFile(numbers, Buffer.from(values.buffer));
  const description: UtteranceManifest = { settings: UTTERANCE, hash: hashFile(numbers) };
  // Written last: numbers without it are not looked at.
  writeJson(manifest, description);
  return { values, ...shape };
}

function read(numbers: string, manifest: string, length: number): Float32Array | undefined {
  if (!fs.existsSync(manifest) || !fs.existsSync(numbers)) return undefined;
  const { settings, hash } = readJson<UtteranceManifest>(manifest);
  if (JSON.stringify(settings) !== JSON.stringify(UTTERANCE) || hash !== hashFile(numbers)) return undefined;
  const bytes = fs.readFileSync(numbers);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return values.length === length ? values : undefined;
}
