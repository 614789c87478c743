/** The one error of files that are not the sound they should be, and the bounds that every format shares. */
import { SerError } from '../../errors';

/**
 * `<function>: <rule>, got <value> in "<file>"`, as a `bad-audio` error.
 *
 * @param name what to call the file
 */
export function badAudio(where: string, rule: string, got: unknown, name: string, cause?: unknown): SerError {
  return new SerError('bad-audio', `${where}: ${rule}, got ${got} in "${name}"`, { cause });
}

/** Refuses the channel counts and sample rates of absurd headers. */
export function checkLayout(where: string, channels: number, sampleRate: number, name: string): void {
  if (!(channels >= 1 && channels <= 64)) throw badAudio(where, 'channels must be 1 to 64', channels, name);
  if (!(sampleRate >= 1_000 && sampleRate <= 768_000)) {
    throw badAudio(where, 'the sample rate must be 1,000 to 768,000 Hz', sampleRate, name);
  }
}

/** `cut short or damaged: 90 % of the samples that the file promises`; undefined if it promises no more than it has. */
export function shortfall(present: number, promised: number | undefined, of: string): string | undefined {
  if (promised === undefined || present >= promised) return undefined;
  return `cut short or damaged: ${((100 * present) / promised).toFixed(0)} % of the ${of} that the file promises`;
}
