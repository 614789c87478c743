/** The practice corpus: generated when it is needed, never stored with the project. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { removeLeftovers, temporaryBeside } from '../../temporary';
import { takesOf } from '../ravdess';
import { PRACTICE_MARKER, type PracticeMarker, type PracticeOptions, practiceMarker, practiceZip } from './marker';
import type { RecordReply, RecordRequest } from './worker';
import { localRecord, type ZipEntry, ZipWriter, zipEntry } from './zip-writer';

/** Options of `makePracticeCorpus`; what changes the sounds is in `PracticeOptions`. */
export interface MakePracticeOptions extends PracticeOptions {
  /** Called after every clip. */
  onProgress?: (done: number, total: number) => void;
  /** Worker threads; default one for each processor, at most 8. The result does not depend on it. */
  threads?: number;
}

/** Result of `makePracticeCorpus`. */
export interface PracticeCorpus {
  /** The zip, as an absolute path. */
  zip: string;
  clips: number;
  /** True if the zip existed. */
  reused: boolean;
  marker: PracticeMarker;
}

/**
 * Makes a corpus of synthetic voices with RAVDESS names, 48 kHz, 16 bits, zipped as the official archive, so that
 * everything can be tried before the recordings are there. Synthetic voices say nothing about people.
 *
 * voice and manner are drawn → glottal source and noise → vocal tract → WAV → zip. The same options give the same
 * sounds, and a zip that is already there with the same options is kept.
 *
 * @param zip default a file of its own for each choice of options, in `data/practice`
 * @throws RangeError if an option is out of its range
 * @example (await makePracticeCorpus()).clips // 720: 24 voices × 30
 */
export async function makePracticeCorpus(zip: string = '', options: MakePracticeOptions = {}): Promise<PracticeCorpus> {
  const marker = practiceMarker(options);
  const { onProgress, threads = Math.min(8, os.availableParallelism()) } = options;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`makePracticeCorpus: threads must be a whole number of at least 1, got ${threads}`);
  }
  const target = path.resolve(zip || practiceZip(options));
  const takes = Array.from({ length: marker.voices }, (_, voice) => takesOf(voice + 1, marker.repetitions)).flat();
  const first = zipEntry(PRACTICE_MARKER, Buffer.from(`${JSON.stringify(marker, null, 2)}\n`), 0);
  const result = { zip: target, clips: takes.length, marker };
  if (startsWith(target, localRecord(first))) return { ...result, reused: true };

  fs.mkdirSync(path.dirname(target), { recursive: true });
  removeLeftovers(target);
  const temporary = temporaryBeside(target);
  try {
    const writer = new ZipWriter(temporary);
    try {
      writer.add(first);
      const requests = takes.map((take, index) => ({ index, take }));
      let done = 0;
      await recordInThreads(requests, marker.seed, threads, (entry) => {
        writer.add(entry);
        done++;
        onProgress?.(done, takes.length);
      });
      writer.finish();
    } catch (error) {
      writer.close();
      throw error;
    }
    fs.renameSync(temporary, target);
  } finally {
    fs.rmSync(temporary, { force: true });
  }
  return { ...result, reused: false };
}

/** Deals the clips to threads as they become free, and hands the results on in order. */
async function recordInThreads(
  requests: readonly RecordRequest[],
  seed: number,
  threads: number,
  onEntry: (entry: ZipEntry) => void,
): Promise<void> {
  const workers: Worker[] = [];
  const waiting = new Map<number, ZipEntry>();
  let sent = 0;
  let written = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      const ask = (worker: Worker): void => {
        if (sent < requests.length) worker.postMessage(requests[sent++]);
      };
      for (let i = 0; i < Math.min(threads, requests.length); i++) {
        // The flags of the host program, such as a notebook kernel's, are not the worker's.
        const worker = new Worker(path.join(__dirname, 'worker.js'), { workerData: { seed }, execArgv: [] });
        workers.push(worker);
        worker.on('error', reject);
        worker.on('exit', (code) => reject(new Error(`makePracticeCorpus: a thread ended early with code ${code}`)));
        worker.on('message', ({ index, entry }: RecordReply) => {
          try {
            ask(worker);
            waiting.set(index, entry);
            for (let next = waiting.get(written); next; next = waiting.get(written)) {
              waiting.delete(written++);
              onEntry(next);
            }
            if (written === requests.length) resolve();
          } catch (error) {
            reject(error);
          }
        });
        ask(worker);
        ask(worker); // one in hand, so that no thread waits for the other's turn
      }
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** True if a file begins with these bytes; zips are renamed into place whole, so that the rest is there too. */
function startsWith(file: string, bytes: Buffer): boolean {
  if (!fs.existsSync(file)) return false;
  const descriptor = fs.openSync(file, 'r');
  try {
    const head = Buffer.alloc(bytes.length);
    fs.readSync(descriptor, head, 0, head.length, 0);
    return head.equals(bytes);
  } finally {
    fs.closeSync(descriptor);
  }
}
