/** Playback at other speeds. */
import { resample } from '../resample/resample';
import type { Signal } from '../signal';
import { trim } from './trim';

/** Options of `atPlaybackSpeeds`. */
export interface PlaybackOptions {
  /** Playback speeds, above 0. */
  speeds: readonly number[];
  /** Hertz of the result. */
  sampleRate: number;
  /** Decibels below the loudest frame at which the silence at the ends begins. */
  trimDecibels: number;
}

/**
 * Generates a recording at several playback speeds, without the silence at its ends. Like a tape played faster, a speed
 * above 1 also raises pitch and formants. Silence is trimmed once; its places are scaled for the other speeds.
 *
 * @param signal at any sample rate
 * @throws RangeError if the signal is empty or a speed is not above 0
 */
export function* atPlaybackSpeeds(
  signal: Signal,
  { speeds, sampleRate, trimDecibels }: PlaybackOptions,
): Generator<{ speed: number; signal: Signal }> {
  const { signal: trimmed, start, end } = trim(resample(signal, sampleRate), { topDb: trimDecibels });
  for (const speed of speeds) {
    if (!(speed > 0 && speed < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`atPlaybackSpeeds: speeds must be above 0, got ${speed}`);
    }
    // Resampling to another rate and reading it as the first changes speed and pitch.
    const samples =
      speed === 1
        ? trimmed.samples
        : resample(signal, Math.round(sampleRate / speed)).samples.subarray(
            Math.round(start / speed),
            Math.round(end / speed),
          );
    yield { speed, signal: { samples, sampleRate } };
  }
}
