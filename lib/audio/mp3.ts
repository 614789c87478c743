/** Reads MP3 through a WebAssembly build of mpg123; no program needs to be installed. */
import { badAudio, checkLayout } from './bad-audio';
import { MonoCollector } from './collector';
import type { Range } from './range';
import type { Signal } from './signal';
import { runDecoder } from './wasm';

/** Bytes handed to the decoder at a time. */
const BATCH = 2 ** 15;
/** How far after a tag a first frame may stand: some writers leave gaps. */
const GAP = 2 ** 14;

/** How many bytes an ID3v2 tag at the start takes, 0 if there is none. */
export function id3Length(bytes: Uint8Array): number {
  if (bytes.length < 10 || bytes[0] !== 0x49 || bytes[1] !== 0x44 || bytes[2] !== 0x33) return 0;
  const footer = bytes[5] & 0x10 ? 10 : 0;
  return (
    10 + footer + (bytes[6] & 127) * 2 ** 21 + (bytes[7] & 127) * 2 ** 14 + (bytes[8] & 127) * 128 + (bytes[9] & 127)
  );
}

/**
 * Whether a frame begins the bytes.
 *
 * @param late whether it may also come up to 16 KiB later
 */
export function hasFrames(bytes: Uint8Array, late: boolean): boolean {
  for (let at = 0; at <= (late ? GAP : 0); at++) {
    const length = frameLength(bytes, at);
    // Two bytes look like a frame by chance: the next must stand where the first ends, or the file end first.
    if (length > 0 && (at + length + 4 > bytes.length || frameLength(bytes, at + length) > 0)) return true;
  }
  return false;
}

// biome-ignore format: a table
const BIT_RATES = [
  [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448], // MPEG 1, layer I
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384], // MPEG 1, layer II
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320], // MPEG 1, layer III
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256], // MPEG 2, layer I
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160], // MPEG 2, layers II and III
];

/** Bytes of the frame whose header stands at a place, 0 if there is none. */
function frameLength(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1] & 0xe0) !== 0xe0) return 0;
  const version = (bytes[at + 1] >> 3) & 3; // 3: MPEG 1; 2: MPEG 2; 0: MPEG 2.5
  const layer = 4 - ((bytes[at + 1] >> 1) & 3);
  const rateIndex = (bytes[at + 2] >> 2) & 3;
  if (version === 1 || layer === 4 || rateIndex === 3) return 0;
  const row = version === 3 ? layer - 1 : layer === 1 ? 3 : 4;
  const bitRate = BIT_RATES[row][bytes[at + 2] >> 4] ?? 0;
  const sampleRate = [44_100, 48_000, 32_000][rateIndex] / [4, 1, 2, 1][version];
  const padding = (bytes[at + 2] >> 1) & 1;
  if (layer === 1) return bitRate && 4 * (Math.floor((12_000 * bitRate) / sampleRate) + padding);
  const samples = layer === 3 && version !== 3 ? 576 : 1152;
  return bitRate && Math.floor((samples * 125 * bitRate) / sampleRate) + padding;
}

/**
 * The mean of the channels of an MP3 file, without the silence that encoders add at both ends.
 *
 * The whole file up to the range's end is decoded.
 *
 * @param name what to call the file in errors
 * @throws SerError `bad-audio` if nothing in it can be decoded
 */
export async function decodeMp3(bytes: Uint8Array, name: string, range: Range = {}): Promise<Signal> {
  const { MPEGDecoder } = await import('mpg123-decoder');
  const decoder = new MPEGDecoder({ enableGapless: true });
  await decoder.ready;
  let collector: MonoCollector | undefined;
  let problem = 'no sound';
  // The decoder skips the tag itself, but searches large pictures for frames.
  for (let at = Math.min(id3Length(bytes), bytes.length); at < bytes.length && !collector?.complete; at += BATCH) {
    const piece = bytes.subarray(at, at + BATCH);
    const { channelData, sampleRate, errors } = runDecoder('decodeMp3', name, () => decoder.decode(piece));
    if (errors.length > 0) problem = errors[0].message;
    if (channelData[0].length === 0) continue;
    if (!collector) {
      checkLayout('decodeMp3', channelData.length, sampleRate, name);
      collector = new MonoCollector({ name, sampleRate, bytes: bytes.length }, range);
    }
    collector.push(channelData);
  }
  decoder.free();
  if (!collector) throw badAudio('decodeMp3', 'the file must hold MP3 frames', problem, name);
  return collector.finish();
}
