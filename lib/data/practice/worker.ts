/** A thread that records and compresses one clip of the practice corpus after the other, as it is asked. */
import { parentPort, workerData } from 'node:worker_threads';
import { actorFolder, clipName, type Take } from '../ravdess';
import { recordClip } from './recording';
import { drawVoice, type Voice } from './voice';
import { type ZipEntry, zipEntry } from './zip-writer';

/** Request to the thread. */
export interface RecordRequest {
  index: number;
  take: Take;
}

/** Its reply. */
export interface RecordReply {
  index: number;
  entry: ZipEntry;
}

const { seed } = workerData as { seed: number };
const voices = new Map<number, Voice>();

parentPort?.on('message', ({ index, take }: RecordRequest) => {
  const voice = voices.get(take.actor) ?? drawVoice(seed, take.actor);
  voices.set(take.actor, voice);
  const entry = zipEntry(`${actorFolder(take.actor)}/${clipName(take)}`, recordClip(seed, voice, take));
  parentPort?.postMessage({ index, entry } satisfies RecordReply);
});
