/** Input of the pretrained encoder: power in 40 mel bands every 10 ms. */

import { melFilters } from '../../features/mel/mel';
import type { FeatureMatrix } from '../../features/mel/mfcc';
import { tf } from '../../tensorflow';
import { ENCODER } from './settings';

/**
 * Power in mel bands, not logarithmic, as the encoder was trained on.
 *
 * frames of 25 ms, centred, zeros beyond the ends → Hann window → |DFT|² → Slaney's triangles
 *
 * @param samples at 16 kHz, scaled to the encoder's level by `atEncoderLevel`
 * @returns [1 + ⌊samples / 160⌋ frames × 40 bands]; agrees with resemblyzer 0.1.4 (encoder.test.ts)
 * @throws RangeError if there are no samples
 */
export function encoderSpectrogram(samples: Float32Array): FeatureMatrix {
  if (samples.length === 0) throw new RangeError('encoderSpectrogram: the signal must not be empty, got 0 samples');
  const { fftLength, hopLength, bands } = ENCODER;
  const frames = 1 + Math.floor(samples.length / hopLength);
  const windowed = new Float32Array(frames * fftLength);
  for (let frame = 0; frame < frames; frame++) {
    const start = frame * hopLength - fftLength / 2;
    for (let n = Math.max(0, -start); n < fftLength && start + n < samples.length; n++) {
      windowed[frame * fftLength + n] = samples[start + n];
    }
  }
  const { transform, filters } = matrices();
  // 400 samples are no power of two: as a matrix product the transform of all frames takes a millisecond or two.
  const values = tf.tidy(() => {
    const [real, imaginary] = tf.split(tf.matMul(tf.tensor2d(windowed, [frames, fftLength]), transform), 2, 1);
    return tf.matMul(tf.add(tf.square(real), tf.square(imaginary)), filters).dataSync();
  });
  return { frames, coefficients: bands, values: values as Float32Array };
}

/** The same sound at the level that the encoder was trained at; silence stays. */
export function atEncoderLevel(samples: Float32Array): Float32Array {
  const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
  if (power === 0) return samples;
  const gain = 10 ** (ENCODER.level / 20) / Math.sqrt(power);
  return samples.map((value) => gain * value);
}

let made: { transform: tf.Tensor2D; filters: tf.Tensor2D } | undefined;

/** Hann window and discrete Fourier transform, [400 × 2 · 201], and the mel triangles, [201 × 40]; kept for the process. */
function matrices(): { transform: tf.Tensor2D; filters: tf.Tensor2D } {
  if (made) return made;
  const { fftLength, bands, sampleRate } = ENCODER;
  const bins = fftLength / 2 + 1;
  const transform = new Float32Array(fftLength * 2 * bins);
  const triangles = new Float32Array(bins * bands);
  for (let n = 0; n < fftLength; n++) {
    const weight = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / fftLength);
    for (let k = 0; k < bins; k++) {
      const angle = (2 * Math.PI * ((n * k) % fftLength)) / fftLength;
      transform[n * 2 * bins + k] = weight * Math.cos(angle);
      transform[n * 2 * bins + bins + k] = weight * Math.sin(angle);
    }
  }
  for (const [band, { start, weights }] of melFilters({ sampleRate, fftLength, melBands: bands }).entries()) {
    for (const [i, weight] of weights.entries()) triangles[(start + i) * bands + band] = weight;
  }
  made = {
    transform: tf.keep(tf.tensor2d(transform, [fftLength, 2 * bins])),
    filters: tf.keep(tf.tensor2d(triangles, [bins, bands])),
  };
  return made;
}
