/** The same count of numbers for each clip of a store, computed once on all cores and kept beside its other features. */
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from '../../errors';
import { readJson, writeFile, writeJson } from '../../files';
import { object, record, text } from '../../schema';
import { forEachInThreads, type ThreadFunction, type ThreadOptions } from '../../threads';
import { hashFile } from './clip-content';
import { readFloats } from './feature-files';

/** Specification of the arrays to compute. */
export interface ClipArrayKind {
  /** Of the two files, without ending. */
  name: string;
  /** All that shapes the numbers; others are computed again. */
  settings: object;
  /** Numbers per clip. */
  size: number;
  /** From `{ path }` to a Float32Array of that size, or to what `finish` needs; on all cores. */
  compute: ThreadFunction;
  /** Last step, for what only the main thread can do, such as TensorFlow; of `FINISHED_TOGETHER` clips in order. */
  finish?: (computed: Float32Array[]) => Float32Array[];
}

/** Clips whose last step is one, which makes products large; a fixed number, so that the bits do not depend on threads. */
const FINISHED_TOGETHER = 16;

/** Recordings, and the folder of what is computed from them. */
export interface RecordingStore {
  manifest: { clips: readonly { path: string }[] };
  folder: string;
}

/** Options of `computeClipArrays`. */
export interface ClipArrayOptions extends ThreadOptions {
  /** Called after each recording with how many are done, of how many. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * The numbers of a store's clips: read from its folder if they are there, else computed and written there.
 *
 * The store's folder belongs to these recordings with this content, and so do the numbers. They are computed again
 * if settings changed or a file is damaged.
 *
 * @returns [clips × size], row-major
 * @throws SerError `bad-audio` naming the first recording that cannot be read
 */
export async function computeClipArrays(
  { manifest, folder }: RecordingStore,
  { name, settings, size, compute, finish = (computed) => computed }: ClipArrayKind,
  options: ClipArrayOptions = {},
): Promise<Float32Array> {
  const { onProgress, ...threads } = options;
  const { clips } = manifest;
  const [numbers, description] = ['f32', 'json'].map((ending) => path.join(folder, `${name}.${ending}`));
  const stored = read(numbers, description, settings);
  if (stored?.length === clips.length * size) return stored;
  const values = new Float32Array(clips.length * size);
  let done = 0;
  const recordings = clips.map(({ path: file }) => ({ path: file }));
  const waiting = new Map<number, Float32Array>();
  await forEachInThreads(compute, recordings, threads, (index, computed: Float32Array) => {
    waiting.set(index, computed);
    const first = index - (index % FINISHED_TOGETHER);
    const together = clips.slice(first, first + FINISHED_TOGETHER).map((_, place) => first + place);
    onProgress?.(++done, clips.length);
    if (!together.every((clip) => waiting.has(clip))) return;
    const finished = finish(together.map((clip) => waiting.get(clip) as Float32Array));
    for (const [place, clip] of together.entries()) {
      values.set(finished[place], clip * size);
      waiting.delete(clip);
    }
  });
  writeFile(numbers, Buffer.from(values.buffer));
  // Written last: numbers without it are not looked at.
  writeJson(description, { settings, hash: hashFile(numbers) });
  return values;
}

/** Numbers on disk; none if they are missing, damaged or of other settings. */
function read(numbers: string, description: string, settings: object): Float32Array | undefined {
  if (!fs.existsSync(description) || !fs.existsSync(numbers)) return undefined;
  try {
    const found = readJson(description, object({ settings: record, hash: text }));
    const current = JSON.stringify(found.settings) === JSON.stringify(settings) && found.hash === hashFile(numbers);
    return current ? readFloats(numbers) : undefined;
  } catch (error) {
    if (error instanceof SerError) return undefined;
    throw error;
  }
}
