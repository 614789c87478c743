/** The practice corpus: generated when it is needed, never stored with the project. */
import fs from 'node:fs';
import path from 'node:path';
import { forEachInThreads, type ThreadOptions } from '../../threads';
import { actorFolder, clipName, type Take, takesOf } from '../ravdess';
import { PRACTICE_MARKER, type PracticeMarker, type PracticeOptions, practiceMarker, practiceZip } from './marker';
import { recordClip } from './recording';
import { drawVoice } from './voice';
import { localRecord, writeZip, type ZipEntry, zipEntry } from './zip-writer';

/** Options of `makePracticeCorpus`; what changes the sounds is in `PracticeOptions`. */
export interface MakePracticeOptions extends PracticeOptions, ThreadOptions {
  /** Called after every clip. */
  onProgress?: (done: number, total: number) => void;
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
  const { onProgress, threads } = options;
  const target = path.resolve(zip || practiceZip(options));
  const takes = Array.from({ length: marker.voices }, (_, voice) => takesOf(voice + 1, marker.repetitions)).flat();
  const first = zipEntry(PRACTICE_MARKER, Buffer.from(`${JSON.stringify(marker, null, 2)}\n`), 0);
  const result = { zip: target, clips: takes.length, marker };
  if (startsWith(target, localRecord(first))) return { ...result, reused: true };

  const entries: ZipEntry[] = [];
  let done = 0;
  await forEachInThreads(THREAD_FUNCTION, takes, { seed: marker.seed, threads }, (index, entry: ZipEntry) => {
    entries[index] = entry;
    onProgress?.(++done, takes.length);
  });
  writeZip(target, [first, ...entries]);
  return { ...result, reused: false };
}
const THREAD_FUNCTION = { file: __filename, name: 'recordEntry' };

/** Work of a thread of `makePracticeCorpus` on one clip: records and compresses it. */
export function recordEntry(take: Take, { seed }: { seed: number }): ZipEntry {
  const name = `${actorFolder(take.actor)}/${clipName(take)}`;
  return zipEntry(name, recordClip(seed, drawVoice(seed, take.actor), take));
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
