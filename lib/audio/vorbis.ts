/** Reads Ogg Vorbis through a WebAssembly build of libvorbis. The whole file up to the range's end is decoded. */
import { badAudio, checkLayout } from './bad-audio';
import { MonoCollector } from './collector';
import { type OggPacket, packetError } from './ogg';
import type { Range } from './range';
import type { Signal } from './signal';
import type { ByteSource } from './source';
import { StreamEnd } from './stream-end';
import { decoderError, runDecoder } from './wasm';

/** Pages as the decoder's door takes them: the first with the identification, the second with the setup header. */
interface DecoderPage {
  data: Uint8Array;
  codecFrames: { data: Uint8Array; header: { vorbisSetup: Uint8Array } }[];
}
interface Decoder {
  ready: Promise<void>;
  decodeOggPages(pages: DecoderPage[]): Promise<{ channelData: Float32Array[]; errors: { message: string }[] }>;
  free(): void;
}

/** The mean of the channels of a Vorbis stream. */
export async function decodeVorbis(packets: Generator<OggPacket>, source: ByteSource, range: Range): Promise<Signal> {
  const { name, size } = source;
  const [head, comment, setup] = [0, 1, 2].map(() => packets.next().value?.bytes as Buffer | undefined);
  if (!head || !comment || !setup) throw packetError('decodeVorbis', name);
  if (head.length < 30 || comment[0] !== 3 || setup[0] !== 5) {
    throw badAudio('decodeVorbis', 'headers must be of type 1, 3 and 5', `1, ${comment[0]}, ${setup[0]}`, name);
  }
  const sampleRate = head.readUInt32LE(12);
  checkLayout('decodeVorbis', head[11], sampleRate, name);
  const collector = new MonoCollector({ name, sampleRate, bytes: size }, range);
  const { OggVorbisDecoder } = await import('@wasm-audio-decoders/ogg-vorbis');
  const decoder = new OggVorbisDecoder() as unknown as Decoder;
  await decoder.ready;
  let pages: DecoderPage[] = [{ data: head, codecFrames: [] }];
  let frames: DecoderPage['codecFrames'] = [];
  const end = new StreamEnd();
  for (const { bytes, position, last } of packets) {
    frames.push({ data: bytes, header: { vorbisSetup: setup } });
    if (position === undefined && frames.length < 256) continue;
    pages.push({ data: setup, codecFrames: frames });
    collector.push(await decodePages(decoder, pages, name));
    [pages, frames] = [[], []];
    end.reach(position, collector.position, last);
    if (collector.complete) break;
  }
  decoder.free();
  return collector.finish(end.total);
}

async function decodePages(decoder: Decoder, pages: DecoderPage[], name: string): Promise<Float32Array[]> {
  try {
    const { channelData, errors } = await runDecoder('decodeVorbis', name, () => decoder.decodeOggPages(pages));
    if (errors.length > 0) throw new Error(errors[0].message);
    return channelData;
  } catch (cause) {
    throw decoderError('decodeVorbis', name, cause);
  }
}
