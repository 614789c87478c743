/** Runs decoders compiled to WebAssembly, whose failures come as traps, strings and console lines. */
import { SerError } from '../errors';
import { badAudio } from './bad-audio';

/** Messages that a decoder may write in one call; beyond, it is taken to be stuck on damage. */
const MOST_MESSAGES = 100;

/**
 * The decoder's answer, without its console lines.
 *
 * mpg123's wrapper retries for ever on some damage and says so at each turn: the console is where it can be stopped.
 *
 * @param where our function's name, for the error
 * @throws SerError `bad-audio` if the decoder fails
 */
export function runDecoder<T>(where: string, name: string, decode: () => T): T {
  const { error } = console;
  let messages = 0;
  console.error = (...words: unknown[]): void => {
    messages++;
    if (messages > MOST_MESSAGES) throw new Error(words.join(' '));
  };
  try {
    return decode();
  } catch (cause) {
    throw decoderError(where, name, cause);
  } finally {
    console.error = error;
  }
}

/** What a decoder threw, as our error. */
export function decoderError(where: string, name: string, cause: unknown): SerError {
  if (cause instanceof SerError) return cause;
  const reason = (cause instanceof Error ? cause.message : String(cause)) || 'an abort';
  return badAudio(where, 'the sound must be undamaged', reason.trim(), name, cause);
}
