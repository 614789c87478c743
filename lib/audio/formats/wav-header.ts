/** The facts of a WAV file's header: RIFF, its big-endian form RIFX, RF64 for files above 4 GiB, and AIFF. */

import type { ByteSource } from '../source';
import { badAudio, checkLayout } from './bad-audio';

/** Content of the format chunk, and the place of the samples. */
export interface WavFormat {
  /** A number of the WAVE_FORMAT registry, such as 1 for integer PCM. */
  encoding: number;
  channels: number;
  sampleRate: number;
  bits: number;
  /** Bytes of one sample of all channels, or of one block of an encoding that works in blocks. */
  blockBytes: number;
  bigEndian: boolean;
  /** True for the extensible format, whose samples fill the upper bits of their bytes. */
  extensible: boolean;
  /** The format chunk as it stands. */
  chunk: Buffer;
  /** First byte of the samples, and the one after the last. */
  start: number;
  end: number;
  /** Bytes of samples that the header promises beyond the file's end. */
  missing: number;
}

type FormatChunk = Omit<WavFormat, 'start' | 'end' | 'missing'>;

const EXTENSIBLE = 0xfffe;
/** Ends of sub-formats: the standard's, and that of the B-format for ambisonics. */
const SUB_FORMATS = ['000000001000800000aa00389b71', '00002107d3118644c8c1ca000000'];
/** Chunks that may come before the samples; without a bound a hostile file could hold millions. */
const MOST_CHUNKS = 10_000;
/** Writers to a pipe leave a size of 0, or about the largest one with or without a sign (SoX, Oboe, ffmpeg). */
const STREAMED = 0x7f00_0000;
/** Bytes of the format chunk that are read: Microsoft's ADPCM lists its coefficients there. */
const LONGEST_FORMAT = 128;

/** True if the bytes begin as a WAV or AIFF file does. */
const MAGIC = /^((RIFF|RIFX|RF64|BW64)....WAVE|FORM....AIF[FC])/s;
/** Encodings of AIFF-C: numbers of the WAVE_FORMAT registry; absent for those that only ffmpeg reads. */
const AIFF_ENCODINGS: Record<string, number> = { none: 1, twos: 1, sowt: 1, fl32: 3, fl64: 3, alaw: 6, ulaw: 7 };
/** Stands for every other encoding of AIFF-C. */
export const AIFF_OTHER = 0xffff;
/** Bytes from the start of AIFF's sound chunk to its samples. */
const AIFF_SOUND = 8;

/**
 * Walks the chunks to `fmt ` and `data`, in either order.
 *
 * In AIFF they are called `COMM` and `SSND`.
 *
 * @throws SerError `bad-audio` if one is missing, or the format is absurd
 */
export function readWavHeader(source: ByteSource): WavFormat {
  const { name, size } = source;
  const magic = source.read(0, 12).toString('latin1');
  if (!MAGIC.test(magic)) throw badAudio('decodeWav', 'the file must be a WAV file', 'another kind', name);
  const isAiff = magic.startsWith('FORM');
  const bigEndian = isAiff || magic.startsWith('RIFX');
  const read32 = (bytes: Buffer, at: number): number => (bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  let format: FormatChunk | undefined;
  let data: Pick<WavFormat, 'start' | 'end' | 'missing'> | undefined;
  let longSize: number | undefined; // of the samples, from RF64's ds64 chunk
  let position = 12;
  for (let chunk = 0; chunk < MOST_CHUNKS && position + 8 <= size && !(format && data); chunk++) {
    const head = source.read(position, 8);
    if (head.length < 8) break;
    const id = head.toString('latin1', 0, 4);
    let start = position + 8;
    let length = read32(head, 4);
    if (id === 'ds64' && start + 16 <= size) longSize = Number(source.read(start + 8, 8).readBigUInt64LE());
    if (id === 'fmt ') format = readFormat(source.read(start, Math.min(length, LONGEST_FORMAT)), bigEndian, name);
    position = start + length + (length % 2);
    if (id === 'COMM' && isAiff) format = readAiffFormat(source.read(start, Math.min(length, LONGEST_FORMAT)), name);
    if (id === (isAiff ? 'SSND' : 'data')) {
      if (isAiff) [start, length] = [start + AIFF_SOUND, Math.max(0, length - AIFF_SOUND)];
      if (length === 0xffff_ffff && longSize !== undefined) length = longSize;
      const isOpen = length === 0 ? !holdsChunks(source, start, read32) : length >= STREAMED && longSize === undefined;
      const end = isOpen ? size : Math.min(size, start + length);
      data = { start, end, missing: isOpen ? 0 : start + length - end };
    }
  }
  if (!data) throw badAudio('decodeWav', 'a WAV file must have a data chunk', `${size} bytes without one`, name);
  if (!format) throw badAudio('decodeWav', 'a WAV file must have a format chunk', `${size} bytes without one`, name);
  return { ...format, ...data };
}

/** True if whole chunks fill the file from a place on: a data chunk of 0 bytes before them is empty, not of unknown size. */
function holdsChunks(source: ByteSource, start: number, read32: (bytes: Buffer, at: number) => number): boolean {
  let at = start;
  for (let chunk = 0; chunk < MOST_CHUNKS && at + 8 <= source.size; chunk++) {
    const head = source.read(at, 8);
    if (!/^[\x20-\x7e]{4}$/.test(head.toString('latin1', 0, 4))) return false;
    const length = read32(head, 4);
    at += 8 + length + (length % 2);
  }
  return at > start && (at === source.size || at === source.size + 1);
}

function readFormat(chunk: Buffer, bigEndian: boolean, name: string): FormatChunk {
  if (chunk.length < 16) {
    throw badAudio('decodeWav', 'the format chunk must have 16 bytes or more', chunk.length, name);
  }
  const read16 = (at: number): number => (bigEndian ? chunk.readUInt16BE(at) : chunk.readUInt16LE(at));
  let encoding = read16(0);
  if (encoding === EXTENSIBLE) {
    const tail = chunk.toString('hex', 26, 40);
    if (!SUB_FORMATS.includes(tail)) {
      throw badAudio('decodeWav', 'an extensible format must name a known sub-format', tail || 'none', name);
    }
    encoding = read16(24);
  }
  const channels = read16(2);
  const sampleRate = bigEndian ? chunk.readUInt32BE(4) : chunk.readUInt32LE(4);
  checkLayout('decodeWav', channels, sampleRate, name);
  const extensible = read16(0) === EXTENSIBLE;
  return { encoding, channels, sampleRate, bits: read16(14), blockBytes: read16(12), bigEndian, extensible, chunk };
}

/** AIFF's format chunk: channels, frames, bits, and the rate as an 80-bit float; AIFF-C adds the encoding's name. */
function readAiffFormat(chunk: Buffer, name: string): FormatChunk {
  if (chunk.length < 18) throw badAudio('decodeWav', 'the format chunk must have 18 bytes or more', chunk.length, name);
  const [channels, bits] = [chunk.readUInt16BE(0), chunk.readUInt16BE(6)];
  const sampleRate = Math.round(chunk.readUInt32BE(10) * 2 ** ((chunk.readUInt16BE(8) & 0x7fff) - 16_383 - 31));
  checkLayout('decodeWav', channels, sampleRate, name);
  const compression = chunk.length < 22 ? 'NONE' : chunk.toString('latin1', 18, 22);
  const known = AIFF_ENCODINGS[compression.toLowerCase()];
  // WAV's 8 bits have no sign, AIFF's have one.
  const encoding = known === undefined || (known === 1 && bits <= 8) ? AIFF_OTHER : known;
  const bigEndian = compression !== 'sowt';
  // Of A-law and µ-law the chunk may tell the bits of the expanded samples; a block size of 0 leaves it to the bits.
  const own = { bits: encoding > 3 ? 8 : bits, blockBytes: 0 };
  return { encoding, channels, sampleRate, ...own, bigEndian, extensible: true, chunk };
}
