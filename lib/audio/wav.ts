/** Reads WAV: integer, floating-point, A-law, µ-law and IMA ADPCM samples, and only the part asked for. */
import { decodeBlock, framesPerBlock } from './adpcm';
import { badAudio } from './bad-audio';
import { checkFinite, frameRange, type Range } from './range';
import { inMemory, type SampleSource, toSignal } from './sample-source';
import type { Signal } from './signal';
import { bytesAt, floatsAt, type Pointer, type Scratch } from './simd';
import { type ByteSource, memorySource } from './source';
import { isWav, readWavHeader, type WavFormat } from './wav-header';
import { mixInterleaved, sampleReader } from './wav-samples';

export { isWav };

const IMA_ADPCM = 17;
/** Encodings that are refused by name. */
const OTHER_ENCODINGS: Record<number, string> = {
  2: 'Microsoft ADPCM',
  49: 'GSM 6.10',
  80: 'MPEG',
  85: 'MP3 inside WAV',
  255: 'AAC',
};
/** Bytes read at a time, so that a long recording costs little more than its samples. */
const BLOCK = 2 ** 22;

/**
 * The mean of the channels of a WAV file in memory.
 *
 * @param name what to call the file in errors
 * @throws SerError `bad-audio` if it is not WAV, is damaged, has no samples in the range, or is of an unknown encoding
 */
export function decodeWav(bytes: Uint8Array, name: string, range: Range = {}): Signal {
  return decodeWavSource(memorySource(bytes, name), range);
}

/** `decodeWav` of bytes that are read where they are needed: the header, then the range alone. */
export function decodeWavSource(source: ByteSource, range: Range): Signal {
  return toSignal(openWav(source, range));
}

/** The range of a WAV file; its samples are read when they are copied. */
export function openWav(source: ByteSource, range: Range): SampleSource {
  const { name } = source;
  if (!isWav(source.read(0, 12))) throw badAudio('decodeWav', 'the file must be a WAV file', 'another kind', name);
  const format = readWavHeader(source);
  if (format.encoding === IMA_ADPCM) return inMemory(decodeAdpcm(source, format, range));
  const reader = sampleReader(format);
  const { channels, sampleRate, start, end, encoding, bits } = format;
  if (!reader) {
    const got = `encoding ${encoding}${OTHER_ENCODINGS[encoding] ? ` (${OTHER_ENCODINGS[encoding]})` : ''}`;
    const rule = 'samples must be PCM, floating point, A-law, µ-law or IMA ADPCM; convert the file first';
    throw badAudio('decodeWav', rule, `${got} with ${bits} bits`, name);
  }
  const frameBytes = reader.bytes * channels;
  const [begin, last] = frameRange(Math.floor((end - start) / frameBytes), sampleRate, name, range);
  const step = Math.max(1, Math.floor(BLOCK / frameBytes));
  const copy = (first: number, count: number, place: Pointer, scratch: Scratch): void => {
    const room = scratch.room(Math.min(step, count) * frameBytes);
    for (let done = 0; done < count; done += step) {
      const frames = Math.min(step, count - done);
      const bytes = bytesAt(room, frames * frameBytes);
      if (source.readInto(start + (begin + first + done) * frameBytes, bytes) < bytes.length) throw becameShorter(name);
      reader.mix(room, channels, frames, place + 4 * done);
      if (reader.floating) checkFinite(floatsAt(place + 4 * done, frames), name, first + done);
    }
  };
  return { length: last - begin, sampleRate, copy };
}

function decodeAdpcm(source: ByteSource, format: WavFormat, range: Range): Signal {
  const { channels, sampleRate, start, end, bits, blockBytes, bigEndian } = format;
  const { name } = source;
  const whole = blockBytes % (4 * channels) === 0 && blockBytes > 4 * channels;
  if (bits !== 4 || !whole || bigEndian) {
    const rule = `IMA ADPCM must have 4 bits in little-endian blocks of a multiple of ${4 * channels} bytes`;
    throw badAudio('decodeWav', rule, `${bits} bits, ${blockBytes} bytes`, name);
  }
  const blockFrames = framesPerBlock(blockBytes, channels);
  const frames = Math.floor((end - start) / blockBytes) * blockFrames;
  const [first, last] = frameRange(frames, sampleRate, name, range);
  const samples = new Float32Array(last - first);
  const decoded = new Float32Array(blockFrames);
  for (let block = Math.floor(first / blockFrames); block * blockFrames < last; block++) {
    const bytes = source.read(start + block * blockBytes, blockBytes);
    if (bytes.length < blockBytes) throw becameShorter(name);
    try {
      mixInterleaved({ values: decodeBlock(bytes, channels), scale: 2 ** -15 }, channels, decoded);
    } catch (cause) {
      throw badAudio('decodeWav', 'IMA ADPCM must have step indices of 0 to 88', `block ${block}`, name, cause);
    }
    const from = Math.max(0, first - block * blockFrames);
    const to = Math.min(blockFrames, last - block * blockFrames);
    samples.set(decoded.subarray(from, to), block * blockFrames + from - first);
  }
  return { samples, sampleRate };
}

function becameShorter(name: string): Error {
  return badAudio('decodeWav', 'the file must stay as long as it was when opened', 'fewer bytes', name);
}
