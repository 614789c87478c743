/** Frame headers of MPEG audio: MP3 (and layers I and II), and AAC in ADTS. */

import type { ByteSource } from '../source';

/** Content of a frame's header. */
export interface FrameHeader {
  /** Bytes from this header to the next one. */
  length: number;
  /** Properties that must not change within a recording, such as layer and sample rate. */
  stream: string;
}

/** Reads the header at a place in the bytes; undefined if none stands there. */
export type HeaderReader = (bytes: Uint8Array, at: number) => FrameHeader | undefined;

/** Consecutive headers that must agree: two bytes look like a header by chance, four headers do not. */
const AGREEING = 4;
/** Bytes of the longest header, and of the longest frame that ADTS can write. */
const [HEADER, LONGEST_FRAME] = [7, 2 ** 13];

// biome-ignore format: a table
const BIT_RATES = [
  [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448], // MPEG 1, layer I
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384], // MPEG 1, layer II
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320], // MPEG 1, layer III
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256], // MPEG 2, layer I
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160], // MPEG 2, layers II and III
];

/** MPEG 1, 2 and 2.5, layers I to III, with a stated bit rate. */
export const readMp3Header: HeaderReader = (bytes, at) => {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1] & 0xe0) !== 0xe0) return undefined;
  const version = (bytes[at + 1] >> 3) & 3; // 3: MPEG 1; 2: MPEG 2; 0: MPEG 2.5
  const layer = 4 - ((bytes[at + 1] >> 1) & 3);
  const rateIndex = (bytes[at + 2] >> 2) & 3;
  if (version === 1 || layer === 4 || rateIndex === 3) return undefined;
  const row = version === 3 ? layer - 1 : layer === 1 ? 3 : 4;
  const bitRate = BIT_RATES[row][bytes[at + 2] >> 4] ?? 0;
  if (bitRate === 0) return undefined;
  const sampleRate = [44_100, 48_000, 32_000][rateIndex] / [4, 1, 2, 1][version];
  const padding = (bytes[at + 2] >> 1) & 1;
  const samples = layer === 3 && version !== 3 ? 576 : 1152;
  const length =
    layer === 1
      ? 4 * (Math.floor((12_000 * bitRate) / sampleRate) + padding)
      : Math.floor((samples * 125 * bitRate) / sampleRate) + padding;
  return { length, stream: `layer ${layer} at ${sampleRate} Hz` };
};

const ADTS_RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350];

/** AAC with a header before each frame. */
export const readAdtsHeader: HeaderReader = (bytes, at) => {
  if (at + HEADER > bytes.length || bytes[at] !== 0xff || (bytes[at + 1] & 0xf6) !== 0xf0) return undefined;
  const sampleRate = ADTS_RATES[(bytes[at + 2] >> 2) & 15];
  const channels = ((bytes[at + 2] & 1) << 2) | (bytes[at + 3] >> 6);
  const length = ((bytes[at + 3] & 3) << 11) | (bytes[at + 4] << 3) | (bytes[at + 5] >> 5);
  if (sampleRate === undefined || length <= HEADER) return undefined;
  return { length, stream: `AAC of ${channels} channels at ${sampleRate} Hz` };
};

/** Place of a search for frames, in bytes. */
export interface FrameSearch {
  start: number;
  end: number;
  /** Largest distance of the first frame from `start`. */
  search: number;
}

/**
 * Position of the first of several consecutive frames of one stream; a file that ends earlier needs fewer, but one
 * frame alone must begin at `start` and end with the file.
 */
export function findFrames(source: ByteSource, place: FrameSearch, readHeader: HeaderReader): number | undefined {
  const { start, end, search } = place;
  const window = source.read(start, Math.min(search + AGREEING * LONGEST_FRAME, end - start));
  for (let at = 0; at < Math.min(search, window.length); at++) {
    const first = window[at] === 0xff ? readHeader(window, at) : undefined;
    if (!first) continue;
    let next = at + first.length;
    let count = 1;
    while (count < AGREEING && readHeader(window, next)?.stream === first.stream) {
      next += readHeader(window, next)?.length ?? 0;
      count++;
    }
    const atEnd = start + next >= end - HEADER;
    if (count === AGREEING || (atEnd && count > 1) || (at === 0 && start + next === end)) return start + at;
  }
  return undefined;
}

/** Result of a walk over a file's frames. */
export interface FrameWalk {
  frames: number;
  /** Frames that the header of an MP3 encoder promises, itself not counted. */
  promised?: number;
  /** The streams that follow one another in the file: more than one in files that were joined. */
  streams: string[];
  /** True if the last frame goes beyond the file's end. */
  isCut: boolean;
}

/** Counts the frames of MP3 or AAC, past whatever stands between them. */
export function walkFrames(source: ByteSource, start: number, end: number, readHeader: HeaderReader): FrameWalk {
  const promised = promisedFrames(source.read(start, 64));
  const streams = new Set<string>();
  let [frames, isCut] = [promised === undefined ? 0 : -1, false];
  for (let at: number | undefined = start; at !== undefined && at < end; ) {
    const header: FrameHeader | undefined = readHeader(source.read(at, HEADER), 0);
    if (header) {
      // A header of another stream counts only if its own frames follow.
      const isOwn = streams.has(header.stream) || findFrames(source, { start: at, end, search: 1 }, readHeader) === at;
      if (isOwn) {
        isCut = at + header.length > end;
        if (!isCut) frames++;
        streams.add(header.stream);
        at += header.length;
        continue;
      }
    }
    at = findFrames(source, { start: at + 1, end, search: 2 ** 16 }, readHeader);
  }
  return { frames, promised, streams: [...streams], isCut };
}

/** The number of frames in a Xing or Info header, which fills the first frame. */
function promisedFrames(frame: Buffer): number | undefined {
  const [isMpeg1, isMono] = [(frame[1] & 8) !== 0, frame[3] >> 6 === 3];
  const at = 4 + (isMpeg1 ? (isMono ? 17 : 32) : isMono ? 9 : 17);
  const isPresent = frame.length >= at + 12 && ['Xing', 'Info'].includes(frame.toString('latin1', at, at + 4));
  return isPresent && frame[at + 7] & 1 ? frame.readUInt32BE(at + 8) : undefined;
}
