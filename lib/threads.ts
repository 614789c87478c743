/** Thread pool. Threads are reused, so that their code is already loaded and compiled. */
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

/** An error without its class, which it loses between threads. */
export interface SentError {
  name: string;
  code?: SerErrorCode;
  message: string;
  stack?: string;
}

/** Results or error of a batch. */
export type Answer = { first: number; results: unknown[] } | { first: number; error: SentError };

/** Largest number of items in a batch: smaller ones cost more messages, larger ones leave threads idle at the end. */
const LARGEST_BATCH = 8;
/**
 * Megabytes for short-lived objects of a thread. The samples that they hold lie outside and are freed with them, so a
 * small room keeps memory low; a smaller one than this costs time.
 */
const LIMITS = { maxYoungGenerationSizeMb: 8 };
/** Batches queued per thread, at most, so that threads do not wait. */
const AHEAD = 2;

/**
 * Calls `work(item, options)` for every item, and `take` with each result as it arrives, in no particular order.
 *
 * Items, options and results are copied between threads. Idle threads do not keep the process alive.
 *
 * @throws the error of the first call that fails; the others are abandoned
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
  // With few items, the first thread must not take the share of the second.
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
  // An idle thread that ends is not used again.
  worker.once('exit', () => idle.splice(idle.indexOf(worker), 1));
  idle.push(worker);
}

function revive({ name, code, message, stack }: SentError): Error {
  const error = code
    ? new SerError(code, message)
    : name === 'RangeError'
      ? new RangeError(message)
      : new Error(message);
  error.stack = stack ?? error.stack;
  return error;
}
