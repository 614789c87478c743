/** Spreads feature extraction over threads. */
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { SerError } from '../errors';
import type { ClipFeatures, ExtractOptions } from './extract';
import type { Answer, Job } from './extract-worker';

/** Options of `extractAll`. */
export interface ExtractAllOptions extends ExtractOptions {
  /** Threads; default one per processor core. */
  threads?: number;
  /** Called after each recording with how many are done, of how many. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * The features of many recordings, handed to `take` as they come, in no particular order.
 *
 * @throws SerError as `extractClip`, for the first recording that fails; the others are then given up
 */
export async function extractAll(
  clips: readonly { path: string; name: string }[],
  options: ExtractAllOptions,
  take: (index: number, features: ClipFeatures) => void,
): Promise<void> {
  const { threads = os.availableParallelism(), onProgress, ...extract } = options;
  const workers = Array.from(
    { length: Math.min(threads, clips.length) },
    () => new Worker(path.join(__dirname, 'extract-worker.js')),
  );
  let next = 0;
  let done = 0;
  const run = (worker: Worker): Promise<void> =>
    new Promise((resolve, reject) => {
      const send = (): void => {
        if (next === clips.length) {
          resolve();
          return;
        }
        const index = next++;
        const job: Job = { index, path: clips[index].path, name: clips[index].name, options: extract };
        worker.postMessage(job);
      };
      worker.on('message', (answer: Answer) => {
        if ('error' in answer) {
          reject(revive(answer.error));
          return;
        }
        take(answer.index, answer.features);
        onProgress?.(++done, clips.length);
        send();
      });
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`extractAll: a worker ended early, with code ${code}`)));
      send();
    });
  try {
    await Promise.all(workers.map(run));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Errors lose their class between threads; this gives it back. */
function revive({ code, message, stack }: { code?: SerError['code']; message: string; stack?: string }): Error {
  const error = code ? new SerError(code, message) : new Error(message);
  error.stack = stack ?? error.stack;
  return error;
}
