/** Reads WAV: integer, floating-point, A-law and µ-law samples, and only the part asked for. */
import { checkFinite, frameRange, type Range } from '../range';
import { type SampleSource, toSignal } from '../sample-source';
import type { Signal } from '../signal';
import { bytesAt, floatsAt, type Pointer, type Scratch } from '../simd';
import { type ByteSource, memorySource } from '../source';
import { badAudio, shortfall } from './bad-audio';
import { readWavHeader, type WavFormat } from './wav-header';
import { type SampleReader, sampleReader } from './wav-samples';

/** Bytes read at a time, so that a long recording costs little more than its samples. */
const BLOCK = 2 ** 22;

/** A WAV file, from its first byte, and its header. */
export interface PlainWav {
  sound: ByteSource;
  format: WavFormat;
}

/**
 * The mean of the channels of a WAV file in memory.
 *
 * @param name what to call the file in errors
 * @throws SerError `bad-audio` if it is damaged, has no samples in the range, or is of an encoding that is decoded
 * elsewhere
 */
export function decodeWav(bytes: Uint8Array, name: string, range: Range = {}): Signal {
  const source = memorySource(bytes, name);
  return toSignal(openWav({ sound: source, format: readWavHeader(source) }, range));
}

/** The range of a WAV file whose samples stand side by side, read when they are copied; default all of it. */
export function openWav({ sound: source, format }: PlainWav, range: Range = {}): SampleSource {
  const { name } = source;
  const { channels, sampleRate, start, end } = format;
  const reader = readerOf(source, format);
  const frameBytes = reader.bytes * channels;
  const [begin, last] = frameRange(Math.floor((end - start) / frameBytes), sampleRate, name, range);
  const step = Math.max(1, Math.floor(BLOCK / frameBytes));
  const copy = (first: number, count: number, place: Pointer, scratch: Scratch): void => {
    const room = scratch.room(Math.min(step, count) * frameBytes);
    for (let done = 0; done < count; done += step) {
      const frames = Math.min(step, count - done);
      const bytes = bytesAt(room, frames * frameBytes);
      if (source.readInto(start + (begin + first + done) * frameBytes, bytes) < bytes.length) {
        throw badAudio('decodeWav', 'the file must stay as long as it was when opened', 'fewer bytes', name);
      }
      reader.mix(room, channels, frames, place + 4 * done);
      if (reader.floating) checkFinite(floatsAt(place + 4 * done, frames), name, first + done);
    }
  };
  return { length: last - begin, sampleRate, copy, damage: wavDamage(format) };
}

/** The missing part at the end of a WAV file. */
export function wavDamage({ missing, start, end }: WavFormat): string | undefined {
  return shortfall(end - start, end - start + missing, 'samples');
}

/** Reader of a WAV file's samples, by its encoding and block size. */
function readerOf(source: ByteSource, format: WavFormat): SampleReader {
  const { encoding, channels, bits, blockBytes } = format;
  const least = Math.ceil(bits / 8);
  const bytes = blockBytes === 0 ? least : blockBytes / channels;
  const isWider = bytes === 4 && bits > 16 && bits <= 24;
  if (bytes !== least && !isWider) {
    const rule = `a block must have ${least} bytes for each of ${channels} channels`;
    throw badAudio('decodeWav', rule, `${blockBytes} bytes for ${bits} bits`, source.name);
  }
  const reader = sampleReader(format, bytes, !isWider || isRaised(source, format));
  if (reader) return reader;
  const rule = 'samples must be of a known encoding; convert the file first: ffmpeg -i IN OUT.wav';
  throw badAudio('decodeWav', rule, `encoding ${encoding} with ${bits} bits`, source.name);
}

/**
 * True if samples of up to 24 bits in 4 bytes fill the upper bits, as the extensible format has it, or the lower ones,
 * as ALSA writes them.
 */
function isRaised(source: ByteSource, { start, end, bits, bigEndian, extensible }: WavFormat): boolean {
  const bytes = source.read(start, Math.min(BLOCK, end - start));
  let [isLow, isHigh] = [true, true];
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const value = bigEndian ? bytes.readInt32BE(at) : bytes.readInt32LE(at);
    // The bits above a low sample repeat its sign, or are zeros.
    if ((value << (32 - bits)) >> (32 - bits) !== value && value >>> bits !== 0) isLow = false;
    if (value << bits !== 0) isHigh = false;
  }
  return isHigh && isLow ? extensible : !isLow;
}
