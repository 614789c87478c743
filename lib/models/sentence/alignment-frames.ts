/** Features for sentence alignment, robust to speaker and recording: spectral shape and its slope. */
import { cosineBasis, type FeatureMatrix } from '../../features/mel/mfcc';
import { SENTENCE } from './settings';

/**
 * Cepstra of a spectrogram.
 *
 * @param spectrogram in decibels, [frames × bands]
 * @returns [frames × 14]
 */
export function sentenceCepstra({ frames, coefficients: bands, values }: FeatureMatrix): FeatureMatrix {
  const { cepstra } = SENTENCE;
  const basis = cosineBasis(cepstra, bands, 0);
  const result = new Float32Array(frames * cepstra);
  for (let frame = 0; frame < frames; frame++) {
    for (let k = 0; k < cepstra; k++) {
      let sum = 0;
      for (let band = 0; band < bands; band++) sum += basis[k * bands + band] * values[frame * bands + band];
      result[frame * cepstra + k] = sum;
    }
  }
  return { frames, coefficients: cepstra, values: result };
}

/**
 * Cepstra and their slopes, each with mean 0 and deviation 1 over the recording (slopes 0.7), which reduces the
 * influence of speaker, level and microphone.
 *
 * @param cepstra [frames × coefficients]
 * @returns [frames × 2 · coefficients]
 */
export function alignmentFrames({ frames, coefficients, values }: FeatureMatrix): FeatureMatrix {
  const width = 2 * coefficients;
  const result = new Float32Array(frames * width);
  for (let k = 0; k < coefficients; k++) {
    const column = standardised(Float64Array.from({ length: frames }, (_, i) => values[i * coefficients + k]));
    const slopes = slopesOf(column);
    const spread = deviationOf(slopes);
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

/** Added to deviations, so that a constant stays one. */
const SMALLEST = 1e-6;

function deviationOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) + SMALLEST;
}

function standardised(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = deviationOf(values);
  return values.map((value) => (value - mean) / deviation);
}
