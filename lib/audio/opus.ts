/** Reads Ogg Opus through a WebAssembly build of libopus. The whole file up to the range's end is decoded. */
import { badAudio, checkLayout } from './bad-audio';
import { MonoCollector } from './collector';
import { type OggPacket, packetError } from './ogg';
import type { Range } from './range';
import type { Signal } from './signal';
import type { ByteSource } from './source';
import { StreamEnd } from './stream-end';
import { runDecoder } from './wasm';

/** What "OpusHead" says. */
interface OpusHead {
  channels: number;
  /** Frames at 48 kHz that the encoder put before the sound. */
  preSkip: number;
  sampleRate: 8000 | 12_000 | 16_000 | 24_000 | 48_000;
  /** A factor for every sample. */
  gain: number;
  streamCount: number;
  coupledStreamCount: number;
  channelMappingTable: number[];
}

/** Packets handed to the decoder at a time. */
const BATCH = 64;

/**
 * The mean of the channels of an Opus stream, at the lowest of Opus's rates that holds what was encoded.
 *
 * The same rate as librosa's: a recording of 22,050 Hz comes at 24,000.
 */
export async function decodeOpus(packets: Generator<OggPacket>, source: ByteSource, range: Range): Promise<Signal> {
  const { name, size } = source;
  const first = packets.next().value?.bytes as Buffer | undefined;
  const tags = packets.next().value?.bytes;
  if (!first || !tags) throw packetError('decodeOpus', name);
  const { preSkip, gain, ...options } = readHead(first, name);
  const { sampleRate } = options;
  const toRate = sampleRate / 48_000;
  const collector = new MonoCollector({ name, sampleRate, bytes: size }, range);
  const { OpusDecoder } = await import('opus-decoder');
  const decoder = new OpusDecoder({ ...options, preSkip: 0 });
  await decoder.ready;
  let batch: Uint8Array[] = [];
  let skip = Math.round(preSkip * toRate);
  const end = new StreamEnd();
  for (const { bytes, position, last } of packets) {
    batch.push(bytes);
    if (position === undefined && batch.length < BATCH) continue;
    const { channelData, errors } = runDecoder('decodeOpus', name, () => decoder.decodeFrames(batch));
    if (errors.length > 0) throw badAudio('decodeOpus', 'packets must be undamaged', errors[0].message, name);
    batch = [];
    if (gain !== 1) for (const channel of channelData) for (let i = 0; i < channel.length; i++) channel[i] *= gain;
    const frames = channelData[0]?.length ?? 0;
    collector.push(channelData, skip);
    skip = Math.max(0, skip - frames);
    const reached = position === undefined ? undefined : Math.floor((position - preSkip) * toRate);
    end.reach(reached, collector.position, last);
    if (collector.complete) break;
  }
  decoder.free();
  return collector.finish(end.total);
}

function readHead(head: Buffer, name: string): OpusHead {
  if (head.length < 19) throw badAudio('decodeOpus', 'OpusHead must have 19 bytes or more', head.length, name);
  const [version, channels, family] = [head[8], head[9], head[18]];
  if (version > 15) throw badAudio('decodeOpus', 'the version must be 0 to 15', version, name);
  const original = head.readUInt32LE(12);
  const sampleRate =
    ([8000, 12_000, 16_000, 24_000] as const).find((rate) => original > 0 && original <= rate) ?? 48_000;
  checkLayout('decodeOpus', channels, sampleRate, name);
  const common: Omit<OpusHead, 'streamCount' | 'coupledStreamCount' | 'channelMappingTable'> = {
    channels,
    sampleRate,
    preSkip: head.readUInt16LE(10),
    gain: 10 ** (head.readInt16LE(16) / 5120),
  };
  if (family === 0) {
    if (channels > 2) throw badAudio('decodeOpus', 'mapping family 0 has 1 or 2 channels', channels, name);
    const channelMappingTable = channels === 2 ? [0, 1] : [0];
    return { ...common, streamCount: 1, coupledStreamCount: channels - 1, channelMappingTable };
  }
  if (family !== 1 || channels > 8 || head.length < 21 + channels) {
    const got = `family ${family} with ${channels} channels in ${head.length} bytes`;
    throw badAudio('decodeOpus', 'channels must be mapped as family 0, or 1 with up to 8', got, name);
  }
  const [streamCount, coupledStreamCount] = [head[19], head[20]];
  const channelMappingTable = [...head.subarray(21, 21 + channels)];
  const possible = streamCount + coupledStreamCount;
  const wrong = channelMappingTable.find((index) => index !== 255 && index >= possible);
  if (streamCount < 1 || streamCount > 8 || coupledStreamCount > streamCount || wrong !== undefined) {
    const got = `${streamCount}, ${coupledStreamCount} coupled, mapped to ${channelMappingTable}`;
    throw badAudio('decodeOpus', 'streams must be 1 to 8 and cover the mapping', got, name);
  }
  return { ...common, streamCount, coupledStreamCount, channelMappingTable };
}
