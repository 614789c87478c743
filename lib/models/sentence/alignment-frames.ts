/** Features for sentence alignment, robust to speaker and recording: spectral shape and its slope. */
import { columnsOf } from '../../features/matrix';
import { cosineTransform, type FeatureMatrix } from '../../features/mel/mfcc';
import { fitScaler } from '../../features/scaler';
import { SENTENCE } from './settings';

/**
 * Cepstra of a spectrogram.
 *
 * @param spectrogram in decibels, [frames × bands]
 * @returns [frames × 14]
 */
export function sentenceCepstra({ frames, coefficients: bands, values }: FeatureMatrix): FeatureMatrix {
  const { cepstra } = SENTENCE;
  return { frames, coefficients: cepstra, values: Float32Array.from(cosineTransform(values, bands, cepstra)) };
}

/** Added to deviations, so that a constant stays one. */
const SMALLEST = 1e-6;

/**
 * Cepstra and their slopes, each with mean 0 and deviation 1 over the recording (slopes 0.7), which reduces the
 * influence of speaker, level and microphone.
 *
 * @param cepstra [frames × coefficients]
 * @returns [frames × 2 · coefficients]
 */
export function alignmentFrames(cepstra: FeatureMatrix): FeatureMatrix {
  const { frames, coefficients } = cepstra;
  const width = 2 * coefficients;
  const result = new Float32Array(frames * width);
  for (const [k, raw] of columnsOf(cepstra).entries()) {
    const { mean, deviation } = fitScaler(raw, 1);
    const column = Float64Array.from(raw, (value) => (value - mean[0]) / (deviation[0] + SMALLEST));
    const slopes = slopesOf(column);
    const spread = fitScaler(slopes, 1).deviation[0] + SMALLEST;
    for (let i = 0; i < frames; i++) {
      result[i * width + k] = column[i];
      result[i * width + coefficients + k] = (SENTENCE.slopeWeight * slopes[i]) / spread;
    }
  }
  return { frames, coefficients: width, values: result };
}

/** Half the difference between the frames after and before; at the ends, the difference from the only neighbour. */
export function slopesOf(values: ArrayLike<number>): Float64Array {
  const last = values.length - 1;
  const slopes = new Float64Array(values.length);
  for (let i = 0; i <= last; i++) {
    const before = Math.max(0, i - 1);
    const after = Math.min(last, i + 1);
    slopes[i] = after === before ? 0 : (values[after] - values[before]) / (after - before);
  }
  return slopes;
}
