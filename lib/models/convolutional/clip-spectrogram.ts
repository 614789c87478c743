/** Input of the convolutional networks: three seconds of log-mel spectrogram, starting at the first sound. */

import { trim } from '../../audio/effects/trim';
import { loadAudio } from '../../audio/load';
import { resample } from '../../audio/resample/resample';
import type { Signal } from '../../audio/signal';
import { melSpectrogram, powerToDb } from '../../features/mel/mfcc';
import { type ClipArrayOptions, computeClipArrays } from '../../features/store/clip-arrays';
import type { FeatureStore } from '../../features/store/store';

/** Constants of these spectrograms, with units and reasons. */
export const SPECTROGRAM = {
  /** Increased whenever the same recording gives other numbers. */
  version: 1,
  /** Hertz. */
  sampleRate: 16_000,
  /** Decibels below the loudest frame at which the silence at the ends begins. */
  trimDecibels: 40,
  /** Samples per FFT: 32 ms at 16 kHz. */
  fftLength: 512,
  /** Samples between frames before pairs are averaged: 12.5 ms. */
  hopLength: 200,
  /** Frames that are averaged into one, of 25 ms: less noise and half the work. */
  averaged: 2,
  /** Frames kept: 120 × 25 ms = 3 s. */
  frames: 120,
  bands: 64,
  /** Hertz. */
  fmin: 50,
  fmax: 8000,
} as const;

/**
 * Silence trimmed → first 3 s → mel power → decibels, 80 below the loudest → filled up with the lowest → pairs averaged.
 *
 * The recorded level is kept, since loudness separates anger from sadness.
 *
 * @param signal at any sample rate
 * @returns decibels, row-major [120 frames × 64 bands]
 * @throws RangeError if the signal is empty
 */
export function clipSpectrogram(signal: Signal): Float32Array {
  const { sampleRate, trimDecibels, fftLength, hopLength, averaged, frames, bands, fmin, fmax } = SPECTROGRAM;
  const { signal: trimmed } = trim(resample(signal, sampleRate), { topDb: trimDecibels });
  const fine = averaged * frames;
  const samples = trimmed.samples.subarray(0, fine * hopLength);
  const decibels = powerToDb(
    melSpectrogram({ samples, sampleRate }, { fftLength, hopLength, melBands: bands, fmin, fmax }),
  );
  const floor = decibels.values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const spectrogram = new Float32Array(frames * bands);
  for (let frame = 0; frame < fine; frame++) {
    const row = Math.floor(frame / averaged) * bands;
    for (let band = 0; band < bands; band++) {
      const value = frame < decibels.frames ? decibels.values[frame * bands + band] : floor;
      spectrogram[row + band] += value / averaged;
    }
  }
  return spectrogram;
}

/** `clipSpectrogram` of a file. */
export async function recordingSpectrogram({ path }: { path: string }): Promise<Float32Array> {
  return clipSpectrogram(await loadAudio(path, { sampleRate: 'native' }));
}

/** The spectrogram of every clip. */
export interface Spectrograms {
  /** Decibels, row-major [clips × frames × bands]. */
  readonly values: Float32Array;
  readonly frames: number;
  readonly bands: number;
}

/**
 * The spectrograms of a store's clips, kept beside its features as `computeClipArrays` does.
 *
 * @throws SerError `bad-audio` naming the first recording that cannot be read
 */
export async function computeSpectrograms(
  store: Pick<FeatureStore, 'manifest' | 'folder'>,
  options: ClipArrayOptions = {},
): Promise<Spectrograms> {
  const { frames, bands } = SPECTROGRAM;
  const kind = {
    name: 'spectrograms',
    settings: SPECTROGRAM,
    size: frames * bands,
    compute: { file: __filename, name: 'recordingSpectrogram' },
  };
  return { values: await computeClipArrays(store, kind, options), frames, bands };
}
