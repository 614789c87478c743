/** Thread of `forEachInThreads`: processes batches in turn and returns results or an error for each. */
import { parentPort } from 'node:worker_threads';
import { SerError } from './errors';
import type { Answer, Batch } from './threads';

async function answer({ work, first, items, options }: Batch): Promise<Answer> {
  try {
    const call = require(work.file)[work.name] as (item: unknown, options: unknown) => unknown;
    const results: unknown[] = [];
    for (const item of items) results.push(await call(item, options));
    return { first, results };
  } catch (thrown) {
    const { name, message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { first, error: { name, code: thrown instanceof SerError ? thrown.code : undefined, message, stack } };
  }
}

// Further batches are queued, so that the thread is never idle.
let last = Promise.resolve();
parentPort?.on('message', (batch: Batch) => {
  last = last.then(async () => parentPort?.postMessage(await answer(batch)));
});
