/** Reads FLAC, bare or in Ogg, through a WebAssembly build of libFLAC; a range costs its own frames alone. */
import { badAudio } from './bad-audio';
import { MonoCollector } from './collector';
import {
  type FlacFrame,
  type FlacStream,
  flacFrames,
  frameHeader,
  readFlacHeader,
  readStreamInfo,
} from './flac-format';
import { type OggPacket, packetError } from './ogg';
import { type Range, rangeBounds } from './range';
import type { Signal } from './signal';
import type { ByteSource } from './source';
import { runDecoder } from './wasm';

/** Samples, over all channels, handed to the decoder at a time. */
const BATCH = 2 ** 18;
/** Bytes in which a search for a place in the recording ends, and below which a scan is cheaper. */
const NEAR = 2 ** 16;
/** Bytes read at a time while searching. */
const STEP = 2 ** 14;

/**
 * The mean of the channels of a FLAC file.
 *
 * @param start where "fLaC" stands: after an ID3 tag, if there is one
 * @throws SerError `bad-audio` at the first damaged frame in the range, or if the file ends before it should
 */
export async function decodeFlac(source: ByteSource, start: number, range: Range = {}): Promise<Signal> {
  const { stream, start: frames } = readFlacHeader(source, start);
  const tagged = source.read(source.size - 128, 3).toString('latin1') === 'TAG'; // ID3v1
  const end = source.size - (tagged ? 128 : 0);
  const [first] = rangeBounds(stream.sampleRate, range);
  const begin = first === 0 ? frames : findFrame(source, frames, end, stream, first);
  return decodeFrames(flacFrames(source, begin, end, stream), stream, source, range);
}

/** The same of FLAC's packets in Ogg: the first holds STREAMINFO from its 18th byte on. */
export async function decodeOggFlac(packets: Generator<OggPacket>, source: ByteSource, range: Range): Promise<Signal> {
  const head = packets.next().value?.bytes as Buffer | undefined;
  if (!head) throw packetError('decodeFlac', source.name);
  const stream = readStreamInfo(head.subarray(17), source.name);
  function* frames(): Generator<FlacFrame> {
    for (const { bytes } of packets) {
      if (bytes[0] !== 0xff) continue; // metadata
      const header = frameHeader(bytes, 0, stream);
      if (!header) throw badAudio('decodeFlac', 'frames must be undamaged', 'a packet without a header', source.name);
      yield { ...header, bytes };
    }
  }
  return decodeFrames(frames(), stream, source, range);
}

async function decodeFrames(
  frames: Generator<FlacFrame>,
  stream: FlacStream,
  { name, size }: ByteSource,
  range: Range,
): Promise<Signal> {
  const { FLACDecoder } = await import('@wasm-audio-decoders/flac');
  const decoder = new FLACDecoder();
  await decoder.ready;
  const { sampleRate, channels, total } = stream;
  let collector: MonoCollector | undefined;
  let batch: Uint8Array[] = [];
  let waiting = 0;
  const decodeBatch = async (): Promise<void> => {
    const expected = waiting;
    const decoded = await runDecoder('decodeFlac', name, () => decoder.decodeFrames(batch));
    const right = decoded.samplesDecoded === expected && decoded.channelData.length === channels;
    if (decoded.errors.length > 0 || !right) {
      const reason = decoded.errors[0]?.message ?? `${decoded.samplesDecoded} samples in place of ${expected}`;
      throw badAudio('decodeFlac', 'frames must be undamaged', reason, name);
    }
    for (const channel of decoded.channelData) rescale(channel, stream.bits);
    collector?.push(decoded.channelData);
    [batch, waiting] = [[], 0];
  };
  let next: number | undefined;
  for (const frame of frames) {
    if (next !== undefined && frame.first !== next) {
      throw badAudio('decodeFlac', `a frame must begin at sample ${next}`, frame.first, name);
    }
    collector ??= new MonoCollector({ name, sampleRate, bytes: size }, range, frame.first);
    next = frame.first + frame.samples;
    batch.push(frame.bytes);
    waiting += frame.samples;
    if (waiting * channels >= BATCH) await decodeBatch();
    if (collector.position + waiting >= rangeBounds(sampleRate, range)[1]) break;
  }
  if (batch.length > 0) await decodeBatch();
  decoder.free();
  collector ??= new MonoCollector({ name, sampleRate, bytes: size }, range);
  if (!collector.complete && collector.position < total) {
    throw badAudio('decodeFlac', `the file must hold ${total} samples`, `${collector.position}, so it is cut`, name);
  }
  return collector.finish();
}

/** The decoder divides by the largest sample, such as 32,767; everyone else by the power of two above it. */
function rescale(channel: Float32Array, bits: number): void {
  const full = 2 ** (bits - 1);
  for (let i = 0; i < channel.length; i++) channel[i] = Math.round(channel[i] * (full - 1)) / full;
}

/** Where a frame at or before a sample begins, by bisection over the numbers that frames carry. */
function findFrame(source: ByteSource, start: number, end: number, stream: FlacStream, sample: number): number {
  let [low, high] = [start, end];
  while (high - low > NEAR) {
    const middle = Math.floor((low + high) / 2);
    let found: { at: number; first: number } | undefined;
    for (let from = middle; from < high && !found; from += STEP) {
      // A header has at most 16 bytes.
      const window = source.read(from, Math.min(STEP + 16, end - from));
      for (let i = 0; i < Math.min(STEP, window.length) && !found; i++) {
        const header = window[i] === 0xff ? frameHeader(window, i, stream) : undefined;
        if (header && isWhole(source, from + i, end, stream)) found = { at: from + i, first: header.first };
      }
    }
    if (found && found.first <= sample) low = found.at;
    else high = middle;
  }
  return low;
}

/** Whether what looks like a header begins a frame whose check comes out. */
function isWhole(source: ByteSource, at: number, end: number, stream: FlacStream): boolean {
  try {
    return flacFrames(source, at, end, stream).next().done === false;
  } catch {
    return false;
  }
}
