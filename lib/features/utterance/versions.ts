/** One recording as several voices might have said it, each version as an utterance vector. */
import { loadAudio } from '../../audio/load';
import { resample } from '../../audio/resample';
import type { Signal } from '../../audio/signal';
import { trim } from '../../audio/trim';
import { pyin } from '../pyin';
import { UTTERANCE } from './settings';
import { type Melody, UTTERANCE_FEATURES, utteranceVector } from './utterance-vector';

/** Options of `utteranceVersions`. */
export interface VersionOptions {
  /** How fast each version is played, above 0; default `UTTERANCE.speeds`. */
  speeds?: readonly number[];
}

/**
 * The utterance vectors of a recording played at several speeds.
 *
 * Its silence is trimmed and its pitch followed once; the other versions' are the same, scaled.
 *
 * @param signal at any sample rate
 * @returns [speeds × 1,894], row-major; columns named by `UTTERANCE_FEATURES`
 * @throws RangeError if the signal is empty or a speed is not above 0
 */
export function utteranceVersions(signal: Signal, options: VersionOptions = {}): Float32Array {
  const { speeds = UTTERANCE.speeds } = options;
  const { sampleRate, trimDecibels, trackHop, pitch } = UTTERANCE;
  const original = resample(signal, sampleRate);
  const { signal: heard, start, end } = trim(original, { topDb: trimDecibels });
  const { f0, voicedProbability } = pyin(heard, { ...pitch, hopLength: trackHop });
  const vectors = new Float32Array(speeds.length * UTTERANCE_FEATURES.length);
  speeds.forEach((speed, version) => {
    if (!(speed > 0 && speed < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`utteranceVersions: speeds must be above 0, got ${speed}`);
    }
    // Resampled to another rate, then taken for 16 kHz, it is played faster or slower.
    const samples =
      speed === 1
        ? heard.samples
        : resample(signal, Math.round(sampleRate / speed)).samples.subarray(
            Math.round(start / speed),
            Math.round(end / speed),
          );
    const melody = melodyAt({ f0, voicing: voicedProbability }, speed, 1 + Math.floor(samples.length / trackHop));
    vectors.set(utteranceVector({ samples, sampleRate }, melody), version * UTTERANCE_FEATURES.length);
  });
  return vectors;
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

/** `utteranceVersions` of a file. */
export async function recordingVersions(
  { path }: { path: string },
  options: VersionOptions = {},
): Promise<Float32Array> {
  return utteranceVersions(await loadAudio(path, { sampleRate: 'native' }), options);
}
