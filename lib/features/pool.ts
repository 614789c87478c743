/** Spreads feature extraction over threads, which stay for the next time. */
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { SerError } from '../errors';
import type { ClipFeatures, ExtractOptions } from './extract';
import type { Answer, Batch } from './extract-worker';

/** Options of `extractAll`. */
export interface ExtractAllOptions extends ExtractOptions {
  /** Threads; default one per processor core. */
  threads?: number;
  /** Called after each recording with how many are done, of how many. */
  onProgress?: (done: number, total: number) => void;
}

/** Recordings in a batch, at most: fewer cost more messages, more leave threads idle at the end. */
const LARGEST_BATCH = 8;
/** Batches that a thread has at once, so that it never waits for the next. */
const AHEAD = 2;

/**
 * The features of many recordings, handed to `take` as they come, in no particular order.
 *
 * The threads are kept: their code is loaded and compiled when the next corpus comes. They keep no process alive.
 *
 * @throws SerError as `extractClip`, for the first recording that fails; the others are then given up
 */
export async function extractAll(
  clips: readonly { path: string; name: string }[],
  options: ExtractAllOptions,
  take: (index: number, features: ClipFeatures) => void,
): Promise<void> {
  const { threads = os.availableParallelism(), onProgress, ...extract } = options;
  const size = Math.max(1, Math.min(LARGEST_BATCH, Math.floor(clips.length / (threads * AHEAD))));
  const workers = Array.from({ length: Math.min(threads, Math.ceil(clips.length / size)) }, hire);
  let next = 0;
  let done = 0;
  const run = (worker: Worker): Promise<void> =>
    new Promise((resolve, reject) => {
      let waiting = 0;
      const send = (): void => {
        for (; waiting < AHEAD && next < clips.length; waiting++, next += size) {
          const batch: Batch = {
            first: next,
            clips: clips.slice(next, next + size).map(nameAndPath),
            options: extract,
          };
          worker.postMessage(batch);
        }
        if (waiting === 0) resolve();
      };
      worker.on('message', (answer: Answer) => {
        if ('error' in answer) {
          reject(revive(answer.error));
          return;
        }
        waiting--;
        send();
        try {
          answer.features.forEach((features, i) => {
            take(answer.first + i, features);
            onProgress?.(++done, clips.length);
          });
        } catch (error) {
          reject(error);
        }
      });
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`extractAll: a thread ended early, with code ${code}`)));
      send();
    });
  try {
    await Promise.all(workers.map(run));
  } catch (error) {
    await Promise.all(workers.map((worker) => worker.terminate()));
    throw error;
  }
  workers.forEach(release);
}

const nameAndPath = ({ path, name }: { path: string; name: string }): { path: string; name: string } => ({
  path,
  name,
});

const idle: Worker[] = [];

function hire(): Worker {
  const worker = idle.pop() ?? new Worker(path.join(__dirname, 'extract-worker.js'));
  worker.removeAllListeners();
  worker.ref();
  return worker;
}

function release(worker: Worker): void {
  worker.removeAllListeners();
  worker.unref();
  // A thread that ends while nothing is asked of it is not asked again.
  worker.once('exit', () => idle.splice(idle.indexOf(worker), 1));
  idle.push(worker);
}

/** Errors lose their class between threads; this gives it back. */
function revive({ code, message, stack }: { code?: SerError['code']; message: string; stack?: string }): Error {
  const error = code ? new SerError(code, message) : new Error(message);
  error.stack = stack ?? error.stack;
  return error;
}
