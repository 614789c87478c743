/**
 * Reads WAV. Plain PCM takes a fast route of our own; everything unusual (A-law, µ-law, ADPCM, RF64, RIFX)
 * goes to wavefile, which takes about twenty times as long.
 */
import { SerError } from '../errors';
import { checkFinite, frameRange, mixDown, type Range } from './range';
import type { Signal } from './signal';
import { decodeWithWavefile } from './wavefile';

/** The header's facts. */
interface WavFormat {
  /** 1 integer PCM, 3 floating point, others compressed. */
  encoding: number;
  channels: number;
  sampleRate: number;
  bits: number;
  /** Where the samples begin and end in the file, in bytes. */
  start: number;
  end: number;
}

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/** Whether the bytes begin as a WAV file does. */
export function isWav(bytes: Uint8Array): boolean {
  const magic = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  return /^(RIFF|RIFX|RF64)....WAVE/s.test(magic);
}

/**
 * The mean of the channels of a WAV file.
 *
 * @param name what to call the file in errors
 * @throws SerError `bad-audio` if the file is not WAV, is damaged, has no samples in the range, or is of an unknown encoding
 */
export function decodeWav(bytes: Uint8Array, name: string, range: Range = {}): Signal {
  if (!isWav(bytes)) throw new SerError('bad-audio', `decodeWav: "${name}" is not a WAV file`);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.toString('latin1', 0, 4) !== 'RIFF') return decodeUnusual(bytes, name, range);
  const format = readFormat(buffer, name);
  const read = sampleReader(buffer, format);
  if (!read) return decodeUnusual(bytes, name, range);
  const frameBytes = (format.bits / 8) * format.channels;
  const frames = Math.floor((format.end - format.start) / frameBytes);
  const [first, last] = frameRange(frames, format.sampleRate, name, range);
  const samples = new Float32Array(last - first);
  const sampleBytes = format.bits / 8;
  const scale = 1 / format.channels;
  let position = format.start + first * frameBytes;
  for (let i = 0; i < samples.length; i++) {
    let sum = 0;
    for (let channel = 0; channel < format.channels; channel++, position += sampleBytes) sum += read(position);
    samples[i] = sum * scale;
  }
  return checkFinite({ samples, sampleRate: format.sampleRate }, name);
}

/** Walks the chunks to `fmt ` and `data`, in any order. */
function readFormat(buffer: Buffer, name: string): WavFormat {
  const bad = (rule: string, got: unknown): SerError =>
    new SerError('bad-audio', `decodeWav: ${rule}, got ${got} in "${name}"`);
  let format: Omit<WavFormat, 'start' | 'end'> | undefined;
  for (let position = 12; position + 8 <= buffer.length; ) {
    const id = buffer.toString('latin1', position, position + 4);
    const declared = buffer.readUInt32LE(position + 4);
    const start = position + 8;
    if (id === 'fmt ') {
      if (declared < 16 || start + 16 > buffer.length)
        throw bad('the format chunk must have 16 bytes or more', declared);
      const code = buffer.readUInt16LE(start);
      const extended = code === EXTENSIBLE && declared >= 40 && start + 26 <= buffer.length;
      format = {
        encoding: extended ? buffer.readUInt16LE(start + 24) : code,
        channels: buffer.readUInt16LE(start + 2),
        sampleRate: buffer.readUInt32LE(start + 4),
        bits: buffer.readUInt16LE(start + 14),
      };
      if (format.channels < 1 || format.channels > 64) throw bad('channels must be 1 to 64', format.channels);
      if (format.sampleRate < 1_000 || format.sampleRate > 768_000) {
        throw bad('the sample rate must be 1,000 to 768,000 Hz', format.sampleRate);
      }
    }
    if (id === 'data') {
      if (!format) throw bad('the format chunk must come before the samples', 'none');
      // Programs that write to a pipe leave the size at 0 or at its maximum: the samples then fill the file.
      const streamed = declared === 0 || declared >= 0xffff_ff00;
      return { ...format, start, end: streamed ? buffer.length : Math.min(buffer.length, start + declared) };
    }
    position = start + declared + (declared % 2);
  }
  throw bad('a WAV file must have a data chunk', `${buffer.length} bytes without one`);
}

/** Reads one sample at a byte position; undefined for encodings of the slow route. */
function sampleReader(buffer: Buffer, { encoding, bits }: WavFormat): ((position: number) => number) | undefined {
  if (encoding === PCM && bits === 8) return (position) => (buffer[position] - 128) / 128;
  if (encoding === PCM && bits === 16) {
    const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    return (position) => view.getInt16(position, true) / 32_768;
  }
  if (encoding === PCM && bits === 24) return (position) => buffer.readIntLE(position, 3) / 8_388_608;
  if (encoding === PCM && bits === 32) return (position) => buffer.readInt32LE(position) / 2_147_483_648;
  if (encoding === FLOAT && bits === 32) return (position) => buffer.readFloatLE(position);
  if (encoding === FLOAT && bits === 64) return (position) => buffer.readDoubleLE(position);
  return undefined;
}

function decodeUnusual(bytes: Uint8Array, name: string, range: Range): Signal {
  try {
    const { channels, sampleRate } = decodeWithWavefile(bytes);
    return mixDown(channels, sampleRate, name, range);
  } catch (cause) {
    if (cause instanceof SerError || cause instanceof RangeError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SerError('bad-audio', `decodeWav: the file must be a readable WAV, got "${reason}" for "${name}"`, {
      cause,
    });
  }
}
