/** The door to audio-decode: demultiplexers and WebAssembly decoders of compressed formats. */
import { SerError } from '../../errors';
import type { ChannelBlock } from '../sound-stream';
import { badAudio } from './bad-audio';

/** Formats by the names that audio-decode gives them; `oga` is Ogg Vorbis. */
export type DecoderName = 'mp3' | 'flac' | 'opus' | 'oga' | 'm4a' | 'wav' | 'aac' | 'caf' | 'webm' | 'amr' | 'wma';

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

/** Complaints that a decoder may write to the console about one piece; beyond, it is taken to be stuck on damage. */
const MOST_COMPLAINTS = 100;
let complaints = 0;
let isFiltered = false;

/** Keeps decoders' complaints off the console; mpg123's wrapper retries forever on some damage, and is stopped here. */
function filterConsole(): void {
  if (isFiltered) return;
  isFiltered = true;
  const { error } = console;
  console.error = (...words: unknown[]): void => {
    const isComplaint = /^(mpg123-decoder|@wasm-audio-decoders)/.test(String(words[0]));
    if (!isComplaint) error.apply(console, words);
    else if (++complaints > MOST_COMPLAINTS) throw new Error(words.join(' '));
  };
}

/**
 * Decodes a recording, piece by piece.
 *
 * @param onDamage called if the decoder fails after some sound, which then ends there
 * @throws SerError `bad-audio` if the decoder fails before any sound
 */
export async function* decodePieces(
  format: DecoderName,
  pieces: Iterable<Uint8Array>,
  { name, onDamage }: { name: string; onDamage(reason: string): void },
): AsyncGenerator<ChannelBlock, void> {
  filterConsole();
  const { default: decode } = await import('audio-decode');
  const decoder = await decode[format]();
  let hasSound = false;
  try {
    for (const piece of withEnd(pieces)) {
      complaints = 0;
      const block = await decoder(piece);
      hasSound ||= block.channelData.length > 0;
      if (block.channelData.length > 0) yield block;
    }
  } catch (cause) {
    if (cause instanceof SerError) throw cause;
    const reason = ((cause instanceof Error ? cause.message : String(cause)) || 'an abort').trim();
    if (!hasSound) throw badAudio('loadAudio', 'the sound must be undamaged', reason, name, cause);
    onDamage(reason);
  } finally {
    decoder.free();
  }
}

/** The pieces, then `undefined`, which asks a decoder for what it still holds. */
function* withEnd(pieces: Iterable<Uint8Array>): Generator<Uint8Array | undefined> {
  yield* pieces;
  yield undefined;
}
