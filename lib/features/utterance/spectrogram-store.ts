/** The spectrograms of a corpus, computed once on all cores and kept beside its other features. */
import fs from 'node:fs';
import path from 'node:path';
import { readJson, writeFile, writeJson } from '../../files';
import { forEachInThreads, type ThreadOptions } from '../../threads';
import { hashFile } from '../clip-content';
import type { FeatureStore } from '../store';
import { SPECTROGRAM } from './clip-spectrogram';

/** The spectrogram of every clip. */
export interface Spectrograms {
  /** Decibels, row-major [clips × frames × bands]. */
  readonly values: Float32Array;
  readonly frames: number;
  readonly bands: number;
}

/** Options of `computeSpectrograms`. */
export interface SpectrogramOptions extends ThreadOptions {
  /** Called after each recording with how many are done, of how many. */
  onProgress?: (done: number, total: number) => void;
}

/** spectrograms.json: what the numbers beside it are. */
interface SpectrogramManifest {
  settings: typeof SPECTROGRAM;
  /** Of the file of numbers. */
  hash: string;
}

const THREAD_FUNCTION = { file: require.resolve('./clip-spectrogram'), name: 'recordingSpectrogram' };

/**
 * The spectrograms of a store's clips: read from its folder if they are there, else computed and written there.
 *
 * They are computed again where settings or code version changed or the file is damaged.
 *
 * @throws SerError `bad-audio` naming the first recording that cannot be read
 */
export async function computeSpectrograms(
  store: Pick<FeatureStore, 'manifest' | 'folder'>,
  options: SpectrogramOptions = {},
): Promise<Spectrograms> {
  const { onProgress, ...threads } = options;
  const { clips } = store.manifest;
  const { frames, bands } = SPECTROGRAM;
  const size = frames * bands;
  const [numbers, manifest] = ['spectrograms.f32', 'spectrograms.json'].map((name) => path.join(store.folder, name));
  const stored = read(numbers, manifest, clips.length * size);
  if (stored) return { values: stored, frames, bands };
  const values = new Float32Array(clips.length * size);
  let done = 0;
  const recordings = clips.map(({ path: file }) => ({ path: file }));
  await forEachInThreads(THREAD_FUNCTION, recordings, threads, (index, spectrogram: Float32Array) => {
    values.set(spectrogram, index * size);
    onProgress?.(++done, clips.length);
  });
  writeFile(numbers, Buffer.from(values.buffer));
  const description: SpectrogramManifest = { settings: SPECTROGRAM, hash: hashFile(numbers) };
  // Written last: numbers without it are not looked at.
  writeJson(manifest, description);
  return { values, frames, bands };
}

function read(numbers: string, manifest: string, length: number): Float32Array | undefined {
  if (!fs.existsSync(manifest) || !fs.existsSync(numbers)) return undefined;
  const { settings, hash } = readJson<SpectrogramManifest>(manifest);
  if (JSON.stringify(settings) !== JSON.stringify(SPECTROGRAM) || hash !== hashFile(numbers)) return undefined;
  const bytes = fs.readFileSync(numbers);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return values.length === length ? values : undefined;
}
