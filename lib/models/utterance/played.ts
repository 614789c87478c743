/** Speed perturbation: one recording at several playback speeds. */

import { trim } from '../../audio/effects/trim';
import { resample } from '../../audio/resample/resample';
import type { Signal } from '../../audio/signal';
import { pyin } from '../../features/pitch/pyin';
import { UTTERANCE } from './settings';
import type { Melody } from './utterance-vector';

/** A recording at one speed. */
export interface PlayedVersion {
  /** At 16 kHz, silence trimmed. */
  signal: Signal;
  melody: Melody;
}

/**
 * Generates a recording at several playback speeds.
 *
 * Silence is trimmed and pitch tracked once; the results are scaled for the other speeds.
 *
 * @param signal at any sample rate
 * @param speeds playback speeds, above 0
 * @throws RangeError if the signal is empty or a speed is not above 0
 */
export function* playedVersions(signal: Signal, speeds: readonly number[]): Generator<PlayedVersion> {
  const { sampleRate, trimDecibels, trackHop, pitch } = UTTERANCE;
  const original = resample(signal, sampleRate);
  const { signal: trimmed, start, end } = trim(original, { topDb: trimDecibels });
  const { f0, voicedProbability } = pyin(trimmed, { ...pitch, hopLength: trackHop });
  for (const speed of speeds) {
    if (!(speed > 0 && speed < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`playedVersions: speeds must be above 0, got ${speed}`);
    }
    // Resampling to another rate and reading it as 16 kHz changes speed and pitch.
    const samples =
      speed === 1
        ? trimmed.samples
        : resample(signal, Math.round(sampleRate / speed)).samples.subarray(
            Math.round(start / speed),
            Math.round(end / speed),
          );
    const melody = melodyAt({ f0, voicing: voicedProbability }, speed, 1 + Math.floor(samples.length / trackHop));
    yield { signal: { samples, sampleRate }, melody };
  }
}

/** The same melody at another speed, over as many frames. */
function melodyAt({ f0, voicing }: Melody, speed: number, frames: number): Melody {
  if (speed === 1) return { f0, voicing };
  const places = Array.from({ length: frames }, (_, i) => Math.min(f0.length - 1, Math.round(i * speed)));
  return {
    f0: Float32Array.from(places, (place) => f0[place] * speed),
    voicing: Float32Array.from(places, (place) => voicing[place]),
  };
}
