/** ADPCM in WAV: 4 bits a sample, Microsoft's and IMA's. */
import type { ByteSource } from '../source';
import { badAudio } from './bad-audio';
import type { Plan } from './decoders';
import type { WavFormat } from './wav-header';

/** Blocks of an encoding: the samples per channel in so many bytes, and the index that each channel has at the head. */
interface Blocks {
  frames(bytes: number): number;
  /** Place of the index, and its largest value: of a predictor, or of a step. */
  at(channel: number): number;
  largest: number;
}

const BLOCKS: Record<number, Blocks> = {
  2: { frames: (bytes) => 2 + 2 * (bytes - 7), at: (channel) => channel, largest: 6 },
  17: { frames: (bytes) => 1 + 2 * (bytes - 4), at: (channel) => 4 * channel + 2, largest: 88 },
};

/** Whole blocks behind a plain header; the last one may be short, and is filled up. */
export function planAdpcm(
  data: ByteSource,
  { encoding, channels, bits, blockBytes, bigEndian, chunk }: WavFormat,
): Plan {
  const { frames, at, largest } = BLOCKS[encoding];
  const framesIn = (bytes: number): number => Math.max(0, Math.floor(frames(bytes / channels)));
  if (bits !== 4 || framesIn(blockBytes) === 0 || bigEndian || channels > 2) {
    const rule = 'ADPCM must have 4 bits, 1 or 2 channels and little-endian blocks';
    throw badAudio('decodeWav', rule, `${bits} bits, ${channels} channels, ${blockBytes} bytes a block`, data.name);
  }
  const blocks = Math.ceil(data.size / blockBytes);
  const short = data.size % blockBytes;
  const last = Math.floor(data.size / blockBytes) * framesIn(blockBytes) + (short && framesIn(short));
  const head = Buffer.alloc(28 + chunk.length);
  head.write('RIFF', 0, 'latin1');
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(chunk.length, 16);
  chunk.copy(head, 20);
  head.write('data', 20 + chunk.length, 'latin1');
  head.writeUInt32LE(blocks * blockBytes, 24 + chunk.length);
  const pieces = function* (): Generator<Buffer> {
    yield head;
    for (let block = 0; block < blocks; block++) {
      const bytes = data.read(block * blockBytes, blockBytes);
      for (let channel = 0; channel < channels; channel++) {
        if (bytes[at(channel)] <= largest) continue;
        const index = `${bytes[at(channel)]} in block ${block}`;
        throw badAudio('decodeWav', `ADPCM must have indices of 0 to ${largest}`, index, data.name);
      }
      yield bytes.length < blockBytes ? Buffer.concat([bytes], blockBytes) : bytes;
    }
  };
  return { decoder: 'wav', pieces: pieces(), last };
}
