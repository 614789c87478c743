/** The facts of a WAV file's header: RIFF, its big-endian form RIFX, and RF64 for files above 4 GiB. */
import { badAudio, checkLayout } from './bad-audio';
import type { ByteSource } from './source';

/** What the format chunk says, and where the samples lie. */
export interface WavFormat {
  /** A number of the WAVE_FORMAT registry, such as 1 for integer PCM. */
  encoding: number;
  channels: number;
  sampleRate: number;
  bits: number;
  /** Bytes per block, where the encoding works in blocks. */
  blockBytes: number;
  bigEndian: boolean;
  /** Where the samples begin and end in the file, in bytes. */
  start: number;
  end: number;
}

type FormatChunk = Omit<WavFormat, 'start' | 'end'>;

const EXTENSIBLE = 0xfffe;
/** How sub-formats end: the standard's, and that of the B-format for ambisonics. */
const SUB_FORMATS = ['000000001000800000aa00389b71', '00002107d3118644c8c1ca000000'];
/** Chunks that may come before the samples; without a bound a hostile file could hold millions. */
const MOST_CHUNKS = 10_000;
/** Writers to a pipe leave a size at 0 or at about its maximum. */
const STREAMED = 0xffff_ff00;

/** Whether the bytes begin as a WAV file does. */
export function isWav(bytes: Uint8Array): boolean {
  const magic = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  return /^(RIFF|RIFX|RF64|BW64)....WAVE/s.test(magic);
}

/**
 * Walks the chunks to `fmt ` and `data`, in either order.
 *
 * @throws SerError `bad-audio` if one is missing, or the format is absurd
 */
export function readWavHeader(source: ByteSource): WavFormat {
  const { name, size } = source;
  const bigEndian = source.read(0, 4).toString('latin1') === 'RIFX';
  const read32 = (bytes: Buffer, at: number): number => (bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  let format: FormatChunk | undefined;
  let data: { start: number; end: number } | undefined;
  let longSize: number | undefined; // of the samples, from RF64's ds64 chunk
  let position = 12;
  for (let chunk = 0; chunk < MOST_CHUNKS && position + 8 <= size && !(format && data); chunk++) {
    const head = source.read(position, 8);
    if (head.length < 8) break;
    const id = head.toString('latin1', 0, 4);
    const start = position + 8;
    let length = read32(head, 4);
    if (id === 'ds64' && start + 16 <= size) longSize = Number(source.read(start + 8, 8).readBigUInt64LE());
    if (id === 'fmt ') format = readFormat(source.read(start, Math.min(length, 40)), bigEndian, name);
    if (id === 'data') {
      if (length === 0xffff_ffff && longSize !== undefined) length = longSize;
      const streamed = length === 0 || (length >= STREAMED && longSize === undefined);
      data = { start, end: streamed ? size : Math.min(size, start + length) };
    }
    position = start + length + (length % 2);
  }
  if (!data) throw badAudio('decodeWav', 'a WAV file must have a data chunk', `${size} bytes without one`, name);
  if (!format) throw badAudio('decodeWav', 'a WAV file must have a format chunk', `${size} bytes without one`, name);
  return { ...format, ...data };
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
  return { encoding, channels, sampleRate, bits: read16(14), blockBytes: read16(12), bigEndian };
}
