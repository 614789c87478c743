/** Occlusion: parts of a mel spectrogram are removed in turn, to see which of them a prediction depends on. */
import { resample } from '../audio/resample/resample';
import type { Signal } from '../audio/signal';
import { AUDIO, SPECTRUM } from '../config';
import type { Emotion } from '../data/labels';
import { type FeatureMatrix, melSpectrogram, powerToDb } from '../features/mel/mfcc';
import { featuresOfMel, modelMel } from '../features/model-features';
import type { LoadedModel } from '../models/family';
import type { Scores } from './prediction';

/** Importance of moments and frequencies for a prediction. */
export interface Explanation {
  emotion: Emotion;
  /** Of that emotion, without occlusion. */
  probability: number;
  /** The model's input, 2.4 s or the whole recording; times count from its start. */
  clip: Signal;
  /** Its mel spectrogram, [frames × bands]. */
  decibels: FeatureMatrix;
  /**
   * Drop in probability without each part, [frames × bands], from −1 to 1; positive if the part supports the emotion,
   * negative if it opposes it.
   */
  importance: FeatureMatrix;
}

/** Occluded spectrograms per forward pass. */
const SPECTROGRAMS_AT_ONCE = 64;
/** Occluded recordings per forward pass, each a copy of the whole. */
const RECORDINGS_AT_ONCE = 16;

/**
 * Occlusion map of a model's prediction for one input; described at `EmotionPredictor.explain`.
 *
 * @param scoresOf calibrated scores from the model's output
 */
export async function explainByOcclusion(
  model: LoadedModel,
  clip: Signal,
  scoresOf: (outputs: Float32Array) => Scores[],
): Promise<Explanation> {
  const { network } = model;
  const mel = network ? modelMel(clip, network.kind) : melSpectrogram(resample(clip, AUDIO.sampleRate));
  const { frames, coefficients: bands } = mel;
  const { probabilities: outputs, known } = await model.predict([clip]);
  const [{ emotion, probability }] = scoresOf(outputs);
  const windows = network ? occlusionWindows(frames, bands) : momentWindows(frames, bands);
  const seconds = SPECTRUM.hopLength / AUDIO.sampleRate;
  // Silencing may hide which sentence it is: `known` keeps the same parts of the model in use.
  const silenced = async (group: typeof windows): Promise<Float32Array> => {
    const sounds = group.map(({ frames: [from, to] }) => mute(clip, from * seconds, to * seconds));
    return (await model.predict(sounds, { known: known?.[0] })).probabilities;
  };
  const drops: number[] = [];
  const atOnce = network ? SPECTROGRAMS_AT_ONCE : RECORDINGS_AT_ONCE;
  for (let first = 0; first < windows.length; first += atOnce) {
    const group = windows.slice(first, first + atOnce);
    const changed = network
      ? network.predict(group.map((window) => featuresOfMel(occlude(mel, window), network.kind)))
      : await silenced(group);
    drops.push(...scoresOf(changed).map(({ probabilities }) => probability - probabilities[emotion]));
  }
  const importance = { frames, coefficients: bands, values: importanceOf(windows, drops, frames, bands) };
  const audible = network ? clip : resample(clip, AUDIO.sampleRate);
  return { emotion, probability, clip: audible, decibels: powerToDb(mel), importance };
}

/** A part of a mel spectrogram; ends are excluded. */
export interface OcclusionWindow {
  frames: readonly [start: number, end: number];
  bands: readonly [start: number, end: number];
}

/** Frames of a window, 0.23 s, and its share of the bands; each overlaps its neighbours by half. */
const SIZE = { frames: 10, bandShare: 1 / 8 } as const;

/**
 * Overlapping windows that cover a spectrogram.
 *
 * @example occlusionWindows(104, 128).length // 300: 20 in time, 15 in frequency
 */
export function occlusionWindows(frames: number, bands: number): OcclusionWindow[] {
  return stretches(frames, SIZE.frames).flatMap((time) =>
    stretches(bands, 2 * Math.ceil((bands * SIZE.bandShare) / 2)).map((band) => ({ frames: time, bands: band })),
  );
}

/** Approximate maximum of occluded moments: a model of whole recordings reads all of the recording for each. */
const MOST_MOMENTS = 64;

/**
 * Windows over all frequencies, for models that read no spectrogram, where only moments can be occluded. The windows
 * are longer if there would be too many.
 */
export function momentWindows(frames: number, bands: number): OcclusionWindow[] {
  const size = Math.max(SIZE.frames, 2 * Math.ceil(frames / MOST_MOMENTS));
  return stretches(frames, size).map((time) => ({ frames: time, bands: [0, bands] }));
}

/**
 * Silences a part of a sound.
 *
 * @param from seconds, as `to`
 */
export function mute(sound: Signal, from: number, to: number): Signal {
  const [first, end] = [from, to].map((seconds) => Math.round(seconds * sound.sampleRate));
  return { ...sound, samples: sound.samples.slice().fill(0, first, end) };
}

/** Stretches of `size` in steps of half of it; the last one ends with the whole. */
function stretches(length: number, size: number): [number, number][] {
  const count = Math.max(1, Math.ceil((length - size) / (size / 2)) + 1);
  return Array.from({ length: count }, (_, index) => {
    const start = Math.max(0, Math.min((index * size) / 2, length - size));
    return [start, Math.min(length, start + size)];
  });
}

/**
 * Replaces a window of a spectrogram: each band gets its mean level, in decibels, over the clip.
 *
 * Silence instead would itself be information for the model.
 *
 * @param mel power, [frames × bands]
 */
export function occlude(mel: FeatureMatrix, { frames, bands }: OcclusionWindow): FeatureMatrix {
  const values = mel.values.slice();
  for (let band = bands[0]; band < bands[1]; band++) {
    let sum = 0;
    for (let at = band; at < values.length; at += mel.coefficients) sum += Math.log(Math.max(mel.values[at], 1e-10));
    const mean = Math.exp(sum / mel.frames);
    for (let frame = frames[0]; frame < frames[1]; frame++) values[frame * mel.coefficients + band] = mean;
  }
  return { ...mel, values };
}

/** Mean drop over the windows that cover each place; [frames × bands]. */
export function importanceOf(
  windows: readonly OcclusionWindow[],
  drops: readonly number[],
  frames: number,
  bands: number,
): Float32Array {
  const [sums, counts] = [new Float64Array(frames * bands), new Uint16Array(frames * bands)];
  windows.forEach((window, index) => {
    for (let frame = window.frames[0]; frame < window.frames[1]; frame++) {
      for (let at = frame * bands + window.bands[0]; at < frame * bands + window.bands[1]; at++) {
        sums[at] += drops[index];
        counts[at]++;
      }
    }
  });
  return Float32Array.from(sums, (sum, at) => (counts[at] > 0 ? sum / counts[at] : 0));
}
