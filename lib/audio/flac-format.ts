/** FLAC's own structure: the stream's facts, and frames found and checked one by one (RFC 9639). */
import { badAudio, checkLayout } from './bad-audio';
import { crc8, nextCrc16 } from './checksum';
import type { ByteSource } from './source';

/** What the STREAMINFO block says. */
export interface FlacStream {
  channels: number;
  sampleRate: number;
  bits: number;
  /** Samples per channel; 0 if unknown. */
  total: number;
  /** Samples per frame, where all but the last have the same. */
  blockSize: number;
}

/** One frame. */
export interface FlacFrame {
  bytes: Uint8Array;
  /** The place of its first sample in the recording. */
  first: number;
  samples: number;
}

/** STREAMINFO's 34 bytes. */
export function readStreamInfo(block: Buffer, name: string): FlacStream {
  if (block.length < 34) throw badAudio('decodeFlac', 'STREAMINFO must have 34 bytes', block.length, name);
  const sampleRate = block.readUIntBE(10, 3) >> 4;
  const channels = ((block[12] >> 1) & 7) + 1;
  checkLayout('decodeFlac', channels, sampleRate, name);
  const bits = (((block[12] & 1) << 4) | (block[13] >> 4)) + 1;
  const total = (block[13] & 15) * 2 ** 32 + block.readUInt32BE(14);
  return { channels, sampleRate, bits, total, blockSize: block.readUInt16BE(0) };
}

/** STREAMINFO, and where the frames begin, for a file whose "fLaC" stands at `position`. */
export function readFlacHeader(source: ByteSource, position: number): { stream: FlacStream; start: number } {
  let stream: FlacStream | undefined;
  let last = false;
  let next = position + 4;
  while (!last) {
    const head = source.read(next, 4);
    if (head.length < 4) throw badAudio('decodeFlac', 'metadata must be followed by frames', 'the end', source.name);
    last = (head[0] & 0x80) !== 0;
    const length = head.readUIntBE(1, 3);
    if ((head[0] & 0x7f) === 0) stream ??= readStreamInfo(source.read(next + 4, Math.min(length, 34)), source.name);
    next += 4 + length;
  }
  if (!stream) throw badAudio('decodeFlac', 'metadata must have STREAMINFO', 'none', source.name);
  return { stream, start: next };
}

const RATES = [0, 88_200, 176_400, 192_000, 8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];
const BITS = [0, 8, 12, -1, 16, 20, 24, 32];

/** A frame header at a place in the bytes; undefined if none that fits the stream, check included, stands there. */
export function frameHeader(bytes: Uint8Array, at: number, stream: FlacStream): Omit<FlacFrame, 'bytes'> | undefined {
  if (bytes[at] !== 0xff || (bytes[at + 1] & 0xfe) !== 0xf8) return undefined;
  const sizeCode = bytes[at + 2] >> 4;
  const rateCode = bytes[at + 2] & 15;
  const channelCode = bytes[at + 3] >> 4;
  const bits = BITS[(bytes[at + 3] >> 1) & 7];
  if (sizeCode === 0 || rateCode === 15 || channelCode > 10 || bytes[at + 3] & 1) return undefined;
  if ((channelCode < 8 ? channelCode + 1 : 2) !== stream.channels || (bits !== 0 && bits !== stream.bits)) {
    return undefined;
  }
  if (rateCode > 0 && rateCode < 12 && RATES[rateCode] !== stream.sampleRate) return undefined;
  // The number is written as UTF-8 writes code points: the first byte's leading ones count the bytes.
  const ones = Math.clz32(~(bytes[at + 4] << 24));
  if (ones === 1 || ones > 7) return undefined;
  let next = at + 5;
  let number = ones === 0 ? bytes[at + 4] : bytes[at + 4] & (0x7f >> ones);
  for (let i = 1; i < ones; i++, next++) {
    if ((bytes[next] & 0xc0) !== 0x80) return undefined;
    number = number * 64 + (bytes[next] & 0x3f);
  }
  let samples = sizeCode === 1 ? 192 : sizeCode < 6 ? 576 << (sizeCode - 2) : 256 << (sizeCode - 8);
  if (sizeCode === 6) samples = bytes[next++] + 1;
  if (sizeCode === 7) {
    samples = ((bytes[next] << 8) | bytes[next + 1]) + 1;
    next += 2;
  }
  if (rateCode === 12) next += 1;
  if (rateCode > 12) next += 2;
  if (next >= bytes.length || crc8(bytes, at, next) !== bytes[next]) return undefined;
  const variable = (bytes[at + 1] & 1) !== 0;
  return { first: variable ? number : number * stream.blockSize, samples };
}

/** Bytes read at a time while looking for a frame's end. */
const WINDOW = 2 ** 15;

/**
 * The frames from a place on, each checked by its sum.
 *
 * A frame does not say how long it is: it ends where its check comes out even and another header, or the end, follows.
 *
 * @throws SerError `bad-audio` at a damaged frame, or where the last one is cut
 */
export function* flacFrames(source: ByteSource, start: number, end: number, stream: FlacStream): Generator<FlacFrame> {
  let window = source.read(start, Math.min(WINDOW, end - start));
  let windowStart = start;
  for (let at = start; at < end; ) {
    const damaged = (got: string): Error =>
      badAudio('decodeFlac', 'frames must be undamaged', `${got} at byte ${at}`, source.name);
    if (at + 16 > windowStart + window.length) {
      window = source.read(at, Math.min(WINDOW, end - at));
      windowStart = at;
    }
    const header = frameHeader(window, at - windowStart, stream);
    if (!header) throw damaged('no frame header');
    // Twice the length without any compression: no encoder comes near it.
    const longest = 64 + (2 * header.samples * stream.channels * (stream.bits + 1)) / 8;
    let sum = 0;
    let length = 0;
    for (;;) {
      const from = at - windowStart;
      let found = false;
      for (let i = from + length; i < window.length; i++, length++) {
        if (sum === 0 && length > 6 && window[i] === 0xff && frameHeader(window, i, stream)) {
          found = true;
          break;
        }
        sum = nextCrc16(sum, window[i]);
      }
      if (found) break;
      const reached = windowStart + window.length;
      if (reached >= end) {
        if (sum !== 0 || length === 0) throw damaged('a cut or damaged frame');
        break;
      }
      if (length > longest) throw damaged('a damaged frame');
      // Begin the window at this frame; a header that straddles the old end is seen whole in the new one.
      const known = Math.max(0, length - 16);
      const wanted = Math.min(end - at, Math.max(WINDOW, 2 * length));
      window = source.read(at, wanted);
      windowStart = at;
      if (window.length < wanted) throw damaged('a shorter file');
      sum = 0;
      for (length = 0; length < known; length++) sum = nextCrc16(sum, window[length]);
    }
    yield { ...header, bytes: window.subarray(at - windowStart, at - windowStart + length) };
    at += length;
  }
}
