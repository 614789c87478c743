/** A plan for decoding: a decoder, and the bytes that it is given. */
import type { DecoderName } from './decoders';

/** Bytes to decode, in the order in which the decoder needs them. */
export interface Plan {
  decoder: DecoderName;
  pieces: Iterable<Uint8Array>;
  /** Samples per channel that the file promises. */
  promised?: number;
  /** Samples after which the sound ends, if the decoder goes further. */
  last?: number;
  /** The largest sample of the encoder, which the decoder divides by in place of the power of two above it. */
  fullScale?: number;
  damage?: () => string | undefined;
}

/** A format that is recognised, but only ffmpeg reads. */
export class Unsupported extends Error {}
