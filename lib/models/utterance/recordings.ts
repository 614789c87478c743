/** Utterance vectors of recordings at several playback speeds (speed perturbation), computed once for a corpus. */
import { trim } from '../../audio/effects/trim';
import { loadAudio } from '../../audio/load';
import { resample } from '../../audio/resample/resample';
import type { Signal } from '../../audio/signal';
import { pyin } from '../../features/pitch/pyin';
import { type ClipArrayOptions, computeClipArrays } from '../../features/store/clip-arrays';
import type { FeatureStore } from '../../features/store/store';
import { mapInThreads } from '../../threads';
import type { Row } from '../../training/dataset';
import { UTTERANCE } from './settings';
import { type Melody, UTTERANCE_FEATURES, utteranceVector } from './utterance-vector';

/**
 * Generates a recording at several playback speeds: at 16 kHz, silence trimmed.
 *
 * Silence is trimmed and pitch tracked once; the results are scaled for the other speeds.
 *
 * @param signal at any sample rate
 * @param speeds playback speeds, above 0
 * @throws RangeError if the signal is empty or a speed is not above 0
 */
export function* atSpeeds(signal: Signal, speeds: readonly number[]): Generator<{ signal: Signal; melody: Melody }> {
  const { sampleRate, trimDecibels, trackHop, pitch } = UTTERANCE;
  const original = resample(signal, sampleRate);
  const { signal: trimmed, start, end } = trim(original, { topDb: trimDecibels });
  const { f0, voicedProbability: voicing } = pyin(trimmed, { ...pitch, hopLength: trackHop });
  for (const speed of speeds) {
    if (!(speed > 0 && speed < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`utteranceVersions: speeds must be above 0, got ${speed}`);
    }
    if (speed === 1) {
      yield { signal: trimmed, melody: { f0, voicing } };
      continue;
    }
    // Resampling to another rate and reading it as 16 kHz changes speed and pitch.
    const whole = resample(signal, Math.round(sampleRate / speed)).samples;
    const samples = whole.subarray(Math.round(start / speed), Math.round(end / speed));
    const frames = 1 + Math.floor(samples.length / trackHop);
    const places = Array.from({ length: frames }, (_, i) => Math.min(f0.length - 1, Math.round(i * speed)));
    const melody = {
      f0: Float32Array.from(places, (place) => f0[place] * speed),
      voicing: Float32Array.from(places, (place) => voicing[place]),
    };
    yield { signal: { samples, sampleRate }, melody };
  }
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

/** The utterance vectors of every clip of a corpus, speed by speed. */
export interface Utterances {
  /** [clips × versions × features], row-major. */
  readonly values: Float32Array;
  /** Number of playback speeds; the first is the recording itself. */
  readonly versions: number;
  /** Numbers per vector. */
  readonly features: number;
}

/**
 * The vectors of a store's clips, kept beside its features as `computeClipArrays` does.
 *
 * @throws SerError `bad-audio` naming the first recording that cannot be read
 */
export async function computeUtterances(
  store: Pick<FeatureStore, 'manifest' | 'folder'>,
  options: ClipArrayOptions = {},
): Promise<Utterances> {
  const [versions, features] = [UTTERANCE.speeds.length, UTTERANCE_FEATURES.length];
  const kind = {
    name: 'utterances',
    settings: UTTERANCE,
    size: versions * features,
    compute: { file: __filename, name: 'recordingVersions' },
  };
  return { values: await computeClipArrays(store, kind, options), versions, features };
}

/** Vectors of a clip at all playback speeds; for an augmented copy, at the one speed that replaces it. */
export function utterancesOf({ clip, copy }: Row, { values, versions, features }: Utterances): Float32Array {
  const first = clip * versions + (copy === undefined ? 0 : copy % versions);
  return values.subarray(first * features, (first + (copy === undefined ? versions : 1)) * features);
}
