/** Work spread over threads, which stay for the next time: their code is loaded and compiled by then. */
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { SerError, type SerErrorCode } from './errors';

/** Options of `forEachInThreads`. */
export interface ThreadOptions {
  /** Threads, int > 0; default one per processor core. */
  threads?: number;
}

/** A function that threads can find: a compiled file's path, and the name under which it exports the function. */
export interface ThreadFunction {
  file: string;
  name: string;
}

/** Items for a thread. */
export interface Batch {
  work: ThreadFunction;
  /** Place of the first item among all. */
  first: number;
  items: readonly unknown[];
  options: unknown;
}

/** What came of them. Errors lose their class between threads. */
export type Answer =
  | { first: number; results: unknown[] }
  | { first: number; error: { name: string; code?: SerErrorCode; message: string; stack?: string } };

/** Items in a batch, at most: fewer cost more messages, more leave threads idle at the end. */
const LARGEST_BATCH = 8;
/**
 * Megabytes for short-lived objects of a thread. The samples that they hold lie outside and are freed with them, so a
 * small room keeps memory low: 660 MB in place of 770 for ten minutes of speech through the shipped model.
 */
const LIMITS = { maxYoungGenerationSizeMb: 2 };
/** Batches that a thread has at once, at most, so that it never waits for the next. */
const AHEAD = 2;

/**
 * Calls `work(item, options)` for every item, and `take` with each result as it comes, in no particular order.
 *
 * Items, options and results are copied between threads. Idle threads keep no process alive.
 *
 * @throws what the first call that fails throws; the others are then given up
 */
export async function forEachInThreads<Item, Options, Result>(
  work: ThreadFunction,
  items: readonly Item[],
  options: Options & ThreadOptions,
  take: (index: number, result: Result) => void,
): Promise<void> {
  const { threads = os.availableParallelism(), ...rest } = options;
  if (!(Number.isInteger(threads) && threads > 0)) {
    throw new RangeError(`forEachInThreads: threads must be a whole number above 0, got ${threads}`);
  }
  const size = Math.max(1, Math.min(LARGEST_BATCH, Math.floor(items.length / (threads * AHEAD))));
  const batches = Math.ceil(items.length / size);
  const workers = Array.from({ length: Math.min(threads, batches) }, hire);
  // Where there are few, the first thread must not take what the second could begin with.
  const ahead = Math.min(AHEAD, Math.ceil(batches / workers.length));
  let next = 0;
  const run = (worker: Worker): Promise<void> =>
    new Promise((resolve, reject) => {
      let waiting = 0;
      const send = (): void => {
        for (; waiting < ahead && next < items.length; waiting++, next += size) {
          const batch: Batch = { work, first: next, items: items.slice(next, next + size), options: rest };
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
          for (const [i, result] of answer.results.entries()) take(answer.first + i, result as Result);
        } catch (error) {
          reject(error);
        }
      });
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`forEachInThreads: a thread ended early, with code ${code}`)));
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

const idle: Worker[] = [];

/**
 * The results of `work(item, options)` for every item, in the order of the items.
 *
 * @throws as `forEachInThreads`
 */
export async function mapInThreads<Item, Options, Result>(
  work: ThreadFunction,
  items: readonly Item[],
  options: Options & ThreadOptions,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  await forEachInThreads(work, items, options, (index, result: Result) => {
    results[index] = result;
  });
  return results;
}

function hire(): Worker {
  const worker = idle.pop() ?? new Worker(path.join(__dirname, 'thread.js'), { execArgv: [], resourceLimits: LIMITS });
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

function revive({
  name,
  code,
  message,
  stack,
}: {
  name: string;
  code?: SerErrorCode;
  message: string;
  stack?: string;
}): Error {
  const error = code
    ? new SerError(code, message)
    : name === 'RangeError'
      ? new RangeError(message)
      : new Error(message);
  error.stack = stack ?? error.stack;
  return error;
}
