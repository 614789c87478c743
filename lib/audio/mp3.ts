/** Reads MP3 through a WebAssembly build of mpg123; no program needs to be installed. */
import { SerError } from '../errors';
import { mixDown, type Range } from './range';
import type { Signal } from './signal';

/** Whether the bytes begin as an MP3 file does: an ID3 tag, or a frame's eleven set bits with a valid layer. */
export function isMp3(bytes: Uint8Array): boolean {
  const tagged = bytes[0] === 0x49 && bytes[1] === 0x44 && bytes[2] === 0x33;
  const framed = bytes[0] === 0xff && (bytes[1] & 0xe0) === 0xe0 && (bytes[1] & 0x06) !== 0;
  return tagged || framed;
}

/**
 * The mean of the channels of an MP3 file, without the silence that encoders add at both ends.
 *
 * @param name what to call the file in errors
 * @throws SerError `bad-audio` if nothing in it can be decoded
 */
export async function decodeMp3(bytes: Uint8Array, name: string, range: Range = {}): Promise<Signal> {
  const { MPEGDecoder } = await import('mpg123-decoder');
  const decoder = new MPEGDecoder({ enableGapless: true });
  await decoder.ready;
  try {
    const { channelData, samplesDecoded, sampleRate, errors } = decoder.decode(bytes);
    if (samplesDecoded === 0) {
      const reason = errors[0]?.message ?? 'no sound';
      throw new SerError('bad-audio', `decodeMp3: the file must hold MP3 frames, got ${reason} in "${name}"`);
    }
    return mixDown(channelData, sampleRate, name, range);
  } finally {
    decoder.free();
  }
}
