/** Recognition of formats by content, never by name. */
import { isUtf8 } from 'node:buffer';
import type { ByteSource } from '../source';
import { findFrames, readAdtsHeader, readMp3Header } from './mpeg-frames';

/** Formats that are decoded without another program. */
export type Format = 'wav' | 'flac' | 'ogg' | 'mp3' | 'aac' | 'm4a' | 'webm' | 'caf' | 'amr' | 'wma';

/** A recognised file, and the bytes that it takes, without tags and padding around it. */
export interface Found {
  /** Absent if no decoder of ours reads it. */
  format?: Format;
  /** The format's name, or what the file is instead of a recording. */
  name: string;
  /** True for formats of sound, for which ffmpeg may be tried. */
  isSound: boolean;
  start: number;
  end: number;
}

/** Beginnings of files: bytes as hexadecimal digits, a dot for any digit; the last word is `sound` for ffmpeg's formats. */
const MAGIC: [RegExp, string, (Format | 'sound')?][] = [
  [/^(52494646|52494658|52463634|42573634).{8}57415645/, 'WAV', 'wav'],
  [/^664c6143/, 'FLAC', 'flac'],
  [/^4f676753/, 'Ogg', 'ogg'],
  [/^.{8}66747970/, 'MP4, M4A or 3GP', 'm4a'],
  [/^.{8}(6d6f6f76|6d646174|77696465|66726565|736b6970)/, 'QuickTime (MOV)', 'm4a'],
  [/^1a45dfa3/, 'WebM or Matroska', 'webm'],
  [/^464f524d.{8}41494646/, 'AIFF', 'wav'],
  [/^464f524d.{8}41494643/, 'AIFF-C', 'wav'],
  [/^63616666/, 'CAF', 'caf'],
  [/^2321414d52/, 'AMR', 'amr'],
  [/^3026b2758e66cf11/, 'Windows Media (WMA)', 'wma'],
  [/^2e736e64/, 'AU', 'sound'],
  [/^7776706b/, 'WavPack', 'sound'],
  [/^54544131/, 'True Audio', 'sound'],
  [/^4d414320/, "Monkey's Audio", 'sound'],
  [/^(4d50434b|4d502b)/, 'Musepack', 'sound'],
  [/^726966662e91cf11/, 'Wave64', 'sound'],
  [/^52494646.{8}41564920/, 'AVI', 'sound'],
  [/^464c5601/, 'Flash video', 'sound'],
  [/^0b77/, 'AC-3', 'sound'],
  [/^7ffe8001/, 'DTS', 'sound'],
  [/^(02)?232153494c4b5f5633/, 'SILK (WeChat)'],
  [/^4d546864/, 'MIDI'],
  [/^504b0304/, 'a ZIP archive'],
  [/^1f8b/, 'a gzip archive'],
  [/^25504446/, 'PDF'],
  [/^89504e47/, 'a PNG picture'],
  [/^ffd8ff/, 'a JPEG picture'],
];
const LONGEST_MAGIC = 16;

/** Bytes after the tags in which a first MP3 or AAC frame is looked for: streams may begin inside a frame. */
const SEARCH = 2 ** 16;
/** Zero bytes that may come first. */
const MOST_ZEROS = 2 ** 20;
/** Bytes read at a time while skipping zeros. */
const STEP = 2 ** 12;
/** Formats that are nothing but frames, each with its own header. */
const FRAMED = [
  ['mp3', 'MP3', readMp3Header],
  ['aac', 'AAC (ADTS)', readAdtsHeader],
] as const;
/** Bytes from one packet of an MPEG transport stream to the next, and its first byte. */
const [PACKET, SYNC] = [188, 0x47];

/** Recognises a file by its content: tags and zeros around it are skipped, and what stands behind them decides. */
export function sniff(source: ByteSource): Found {
  const start = skipTags(source);
  const end = Math.max(start, source.size - trailingTags(source));
  const magic = magicAt(source, start);
  if (magic) {
    const [, name, format] = magic;
    if (format !== undefined && format !== 'sound') return { format, name, isSound: true, start, end };
    return { name, isSound: format === 'sound', start, end };
  }
  if ([0, 1, 2, 3].every((packet) => source.read(start + packet * PACKET, 1)[0] === SYNC)) {
    return { name: 'an MPEG transport stream', isSound: true, start, end };
  }
  for (const [format, name, readHeader] of FRAMED) {
    const first = findFrames(source, { start, end, search: SEARCH }, readHeader);
    if (first !== undefined) return { format, name, isSound: true, start: first, end };
  }
  return { name: describe(source.read(0, 512)), isSound: false, start: 0, end: source.size };
}

const magicAt = (source: ByteSource, start: number): (typeof MAGIC)[number] | undefined => {
  const head = source.read(start, LONGEST_MAGIC).toString('hex');
  return MAGIC.find(([pattern]) => pattern.test(head));
};

/** Bytes of ID3v2 and APE tags and of zeros at the start, in any order. */
function skipTags(source: ByteSource): number {
  let [start, zeros] = [0, 0];
  while (start < source.size && zeros < MOST_ZEROS && !magicAt(source, start)) {
    const head = source.read(start, 32);
    const tag = id3Length(head) || apeLength(head);
    if (tag === 0 && head[0] !== 0) break;
    const run = tag === 0 ? leadingZeros(source.read(start, STEP)) : 0;
    start += tag + run;
    zeros += run;
  }
  // An MP4 file begins with the zeros of its first box's size.
  return [0, 1, 2, 3].map((zeros) => start - zeros).find((place) => place >= 0 && magicAt(source, place)) ?? start;
}

function leadingZeros(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? bytes.length : first;
}

/** Bytes of ID3v1 and APE tags at the end. */
function trailingTags(source: ByteSource): number {
  const fromEnd = (bytes: number, length: number): Buffer => source.read(Math.max(0, source.size - bytes), length);
  const behind = fromEnd(128, 3).toString('latin1') === 'TAG' ? 128 : 0;
  return behind + apeLength(fromEnd(behind + 32, 32));
}

/** Bytes of the ID3v2 tag that begins here; 0 if none does. */
function id3Length(bytes: Uint8Array): number {
  if (bytes.length < 10 || bytes[0] !== 0x49 || bytes[1] !== 0x44 || bytes[2] !== 0x33) return 0;
  const footer = bytes[5] & 0x10 ? 10 : 0;
  const [a, b, c, d] = [6, 7, 8, 9].map((at) => bytes[at] & 127);
  return 10 + footer + a * 2 ** 21 + b * 2 ** 14 + c * 128 + d;
}

/** Bytes of the APE tag whose header, or footer, these 32 bytes are; 0 if they are neither. */
function apeLength(bytes: Buffer): number {
  if (bytes.length < 32 || bytes.toString('latin1', 0, 8) !== 'APETAGEX') return 0;
  const flags = bytes.readUInt32LE(20);
  const [hasHeader, isHeader] = [(flags & 0x8000_0000) !== 0, (flags & 0x2000_0000) !== 0];
  return bytes.readUInt32LE(12) + (hasHeader || isHeader ? 32 : 0);
}

/** Description of a file that is no recording. */
function describe(beginning: Buffer): string {
  if (beginning.length === 0) return 'an empty file';
  const printable = beginning.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13));
  // The last character may be cut in two.
  const text = printable && [0, 1, 2, 3].some((cut) => isUtf8(beginning.subarray(0, beginning.length - cut)));
  return text ? 'text' : `bytes ${beginning.toString('hex', 0, 4)} at its start`;
}
