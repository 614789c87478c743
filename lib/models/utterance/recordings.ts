/** Utterance vectors of recordings at several playback speeds (speed perturbation), computed once for a corpus. */
import { atPlaybackSpeeds } from '../../audio/effects/speeds';
import { loadAudio } from '../../audio/load';
import type { Signal } from '../../audio/signal';
import { pyin } from '../../features/pitch/pyin';
import { type ClipArrayOptions, computeClipArrays } from '../../features/store/clip-arrays';
import type { FeatureStore } from '../../features/store/store';
import { mapInThreads } from '../../threads';
import type { ClipVectors } from '../vector-ensemble';
import { UTTERANCE } from './settings';
import { type Melody, UTTERANCE_FEATURES, utteranceVector } from './utterance-vector';

/**
 * Generates a recording at several playback speeds with its melody: at 16 kHz, silence trimmed.
 *
 * Pitch is tracked once, and scaled for the other speeds.
 *
 * @param signal at any sample rate
 * @param speeds playback speeds, above 0
 * @throws RangeError if the signal is empty or a speed is not above 0
 */
export function* atSpeeds(signal: Signal, speeds: readonly number[]): Generator<{ signal: Signal; melody: Melody }> {
  const { sampleRate, trimDecibels, trackHop, pitch } = UTTERANCE;
  let original: Melody | undefined;
  for (const { speed, signal: played } of atPlaybackSpeeds(signal, {
    speeds: [1, ...speeds],
    sampleRate,
    trimDecibels,
  })) {
    if (!original) {
      const { f0, voicedProbability: voicing } = pyin(played, { ...pitch, hopLength: trackHop });
      original = { f0, voicing };
      continue;
    }
    yield { signal: played, melody: speed === 1 ? original : melodyAtSpeed(original, speed, played.samples.length) };
  }
}

/** The melody at another speed: each frame as at the same moment of the original. */
function melodyAtSpeed({ f0, voicing }: Melody, speed: number, samples: number): Melody {
  const frames = 1 + Math.floor(samples / UTTERANCE.trackHop);
  const places = Array.from({ length: frames }, (_, i) => Math.min(f0.length - 1, Math.round(i * speed)));
  return {
    f0: Float32Array.from(places, (place) => f0[place] * speed),
    voicing: Float32Array.from(places, (place) => voicing[place]),
  };
}

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
export function utteranceVersions(signal: Signal, { speeds = UTTERANCE.speeds }: VersionOptions = {}): Float32Array {
  const vectors = new Float32Array(speeds.length * UTTERANCE_FEATURES.length);
  let place = 0;
  for (const { signal: played, melody } of atSpeeds(signal, speeds)) {
    vectors.set(utteranceVector(played, melody), place);
    place += UTTERANCE_FEATURES.length;
  }
  return vectors;
}

/** `utteranceVersions` of each sound; several sounds use all cores, since one takes about 50 ms at five speeds. */
export async function versionsOfSounds(sounds: readonly Signal[], options: VersionOptions): Promise<Float32Array[]> {
  if (sounds.length === 1) return [utteranceVersions(sounds[0], options)];
  return mapInThreads({ file: __filename, name: 'utteranceVersions' }, sounds, options);
}

/** `utteranceVersions` of a file. */
export async function recordingVersions({ path }: { path: string }): Promise<Float32Array> {
  return utteranceVersions(await loadAudio(path, { sampleRate: 'native' }));
}

/**
 * The vectors of a store's clips, kept beside its features as `computeClipArrays` does.
 *
 * @throws SerError `bad-audio` naming the first recording that cannot be read
 */
export async function computeUtterances(
  store: Pick<FeatureStore, 'manifest' | 'folder'>,
  options: ClipArrayOptions = {},
): Promise<ClipVectors> {
  const [versions, features] = [UTTERANCE.speeds.length, UTTERANCE_FEATURES.length];
  const kind = {
    name: 'utterances',
    settings: UTTERANCE,
    size: versions * features,
    compute: { file: __filename, name: 'recordingVersions' },
  };
  return { values: await computeClipArrays(store, kind, options), versions, features };
}
