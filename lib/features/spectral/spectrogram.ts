/** The magnitude spectrogram: one transform, from which all spectral descriptors can be read. */
import type { Signal } from '../../audio/signal';
import { forEachSpectrum, frameCount, type StftOptions } from '../../audio/transform/stft';
import { SPECTRUM } from '../../config';
import type { FeatureMatrix } from '../mel/mfcc';

/** Magnitudes |X|: row-major [frames × bins], `coefficients` being the bins. */
export interface Spectrogram extends FeatureMatrix {
  /** Samples per second of the sound. */
  readonly sampleRate: number;
  /** Samples per frame: twice the bins less 2. */
  readonly fftLength: number;
}

/**
 * The magnitude of every frame's spectrum, for one descriptor after another to read.
 *
 * @returns [frames × (fftLength / 2 + 1)]; frames = 1 + floor(samples / hopLength)
 * @throws RangeError if the signal is empty or a length is out of its range
 * @example
 * const spectrum = magnitudeSpectrogram(signal);
 * const [centre, width] = [spectralCentroid(spectrum), spectralBandwidth(spectrum)]; // one transform for both
 */
export function magnitudeSpectrogram(signal: Signal, options: StftOptions = {}): Spectrogram {
  const { fftLength = SPECTRUM.fftLength, hopLength = SPECTRUM.hopLength } = options;
  const bins = fftLength / 2 + 1;
  const frames = frameCount(signal.samples.length, hopLength);
  const values = new Float32Array(frames * bins);
  forEachSpectrum(signal.samples, { fftLength, hopLength }, (frame, real, imaginary) => {
    const row = frame * bins;
    for (let bin = 0; bin < bins; bin++) {
      values[row + bin] = Math.sqrt(real[bin] * real[bin] + imaginary[bin] * imaginary[bin]);
    }
  });
  return { frames, coefficients: bins, values, sampleRate: signal.sampleRate, fftLength };
}

/** The spectrogram itself, or that of a signal. */
export function asSpectrogram(input: Signal | Spectrogram, options: StftOptions): Spectrogram {
  return 'samples' in input ? magnitudeSpectrogram(input, options) : input;
}

/** One value for each row of a spectrogram. */
export function perFrame(
  spectrogram: Spectrogram,
  measure: (magnitudes: Float32Array, frame: number) => number,
): Float32Array {
  const { frames, coefficients: bins, values } = spectrogram;
  return Float32Array.from({ length: frames }, (_, frame) =>
    measure(values.subarray(frame * bins, (frame + 1) * bins), frame),
  );
}
