/** A thread that extracts features: takes batches of recordings in turn, answers each with features or an error. */
import { parentPort } from 'node:worker_threads';
import { SerError, type SerErrorCode } from '../errors';
import { type ClipFeatures, type ExtractOptions, extractClip } from './extract';

/** Recordings to work on. */
export interface Batch {
  /** Place of the first among all. */
  first: number;
  clips: { path: string; name: string }[];
  options: ExtractOptions;
}

/** What came of them. */
export type Answer =
  | { first: number; features: ClipFeatures[] }
  | { first: number; error: { code?: SerErrorCode; message: string; stack?: string } };

async function answer({ first, clips, options }: Batch): Promise<void> {
  try {
    const features: ClipFeatures[] = [];
    for (const { path, name } of clips) features.push(await extractClip(path, name, options));
    const moved = features.flatMap(({ standard, augmented, voice }) => [standard, augmented, voice]);
    post(
      { first, features },
      moved.map(({ buffer }) => buffer as ArrayBuffer),
    );
  } catch (thrown) {
    const { message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
    post({ first, error: { code: thrown instanceof SerError ? thrown.code : undefined, message, stack } });
  }
}

function post(message: Answer, moved: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, moved);
}

// A batch waits in line, so that the thread need not wait for the next one.
let last = Promise.resolve();
parentPort?.on('message', (batch: Batch) => {
  last = last.then(() => answer(batch));
});
