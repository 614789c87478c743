/** Recordings on disk or in memory as streams of sound. */
import { streamAudio } from '../audio/load';
import { checkFinite } from '../audio/range';
import { inMemory } from '../audio/sample-source';
import type { Signal } from '../audio/signal';
import { joined, type SoundStream, streamSamples } from '../audio/sound-stream';
import type { Recording } from './prediction';

/** A recording at its own sample rate. */
export async function openRecording(recording: Recording): Promise<SoundStream> {
  if (typeof recording === 'string') return streamAudio(recording);
  if (recording.samples.length === 0) throw new RangeError('predict: the signal must not be empty, got 0 samples');
  checkFinite(recording.samples, 'the recording');
  return streamSamples(inMemory(recording), 'the recording');
}

/** The beginning of a recording, and all of it as a stream if it is longer. */
export async function readHead(stream: SoundStream, seconds: number): Promise<{ head: Signal; rest?: SoundStream }> {
  const most = seconds * stream.sampleRate;
  const parts: Float32Array[] = [];
  let length = 0;
  for (let next = await stream.blocks.next(); !next.done; next = await stream.blocks.next()) {
    parts.push(next.value);
    length += next.value.length;
    if (length <= most) continue;
    const blocks = async function* (): AsyncGenerator<Float32Array, void> {
      try {
        yield* parts.splice(0);
        yield* stream.blocks;
      } finally {
        await stream.blocks.return();
      }
    };
    const head = { samples: new Float32Array(0), sampleRate: stream.sampleRate };
    return { head, rest: { ...stream, blocks: blocks() } };
  }
  return { head: { samples: joined(parts, length), sampleRate: stream.sampleRate, damage: stream.damage() } };
}
