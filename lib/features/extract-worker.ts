/** A thread that extracts features: takes jobs one at a time, answers each with features or an error. */
import { parentPort } from 'node:worker_threads';
import { SerError, type SerErrorCode } from '../errors';
import { type ClipFeatures, type ExtractOptions, extractClip } from './extract';

/** One recording to work on. */
export interface Job {
  index: number;
  path: string;
  name: string;
  options: ExtractOptions;
}

/** What came of it. */
export type Answer =
  | { index: number; features: ClipFeatures }
  | { index: number; error: { code?: SerErrorCode; message: string; stack?: string } };

parentPort?.on('message', async (job: Job) => {
  let answer: Answer;
  let moved: ArrayBuffer[] = [];
  try {
    const features = await extractClip(job.path, job.name, job.options);
    answer = { index: job.index, features };
    moved = [features.standard, features.augmented, features.voice].map((values) => values.buffer as ArrayBuffer);
  } catch (thrown) {
    const { message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
    answer = {
      index: job.index,
      error: { code: thrown instanceof SerError ? thrown.code : undefined, message, stack },
    };
  }
  parentPort?.postMessage(answer, moved);
});
