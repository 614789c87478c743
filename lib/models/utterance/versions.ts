/** Utterance vectors of one recording at several playback speeds. */
import { loadAudio } from '../../audio/load';
import type { Signal } from '../../audio/signal';
import { playedVersions } from './played';
import { UTTERANCE } from './settings';
import { UTTERANCE_FEATURES, utteranceVector } from './utterance-vector';

/** Options of `utteranceVersions`. */
export interface VersionOptions {
  /** Playback speeds, above 0; default `UTTERANCE.speeds`. */
  speeds?: readonly number[];
}

/**
 * The utterance vectors of a recording played at several speeds.
 *
 * @param signal at any sample rate
 * @returns [speeds × 1,894], row-major; columns named by `UTTERANCE_FEATURES`
 * @throws RangeError if the signal is empty or a speed is not above 0
 */
export function utteranceVersions(signal: Signal, options: VersionOptions = {}): Float32Array {
  const { speeds = UTTERANCE.speeds } = options;
  const vectors = new Float32Array(speeds.length * UTTERANCE_FEATURES.length);
  let place = 0;
  for (const version of playedVersions(signal, speeds)) {
    vectors.set(utteranceVector(version.signal, version.melody), place);
    place += UTTERANCE_FEATURES.length;
  }
  return vectors;
}

/** `utteranceVersions` of a file. */
export async function recordingVersions(
  { path }: { path: string },
  options: VersionOptions = {},
): Promise<Float32Array> {
  return utteranceVersions(await loadAudio(path, { sampleRate: 'native' }), options);
}
