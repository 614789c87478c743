/** Feature scaler: standardises each coefficient by the training rows alone. */

import { list, number, object, type Schema } from '../schema';

/** Mean and standard deviation of each coefficient over training frames. */
export interface FeatureScaler {
  mean: number[];
  deviation: number[];
}

/** Schema of scaler.json for this number of coefficients. */
export const scalerSchema = (coefficients: number): Schema<FeatureScaler> =>
  object({
    mean: list(number(), { length: coefficients }),
    deviation: list(number({ above: 0 }), { length: coefficients }),
  });

/** Fits a scaler on rows of [frames × coefficients]; constant coefficients get deviation 1. */
export function fitScaler(features: Float32Array, coefficients: number): FeatureScaler {
  const frames = features.length / coefficients;
  const mean = new Array<number>(coefficients).fill(0);
  const square = new Array<number>(coefficients).fill(0);
  for (let frame = 0; frame < frames; frame++) {
    for (let k = 0; k < coefficients; k++) mean[k] += features[frame * coefficients + k] / frames;
  }
  for (let frame = 0; frame < frames; frame++) {
    for (let k = 0; k < coefficients; k++) square[k] += (features[frame * coefficients + k] - mean[k]) ** 2 / frames;
  }
  return { mean, deviation: square.map((variance) => Math.sqrt(variance) || 1) };
}

/** (x − mean) / deviation of every coefficient, as a new array. */
export function applyScaler(features: Float32Array, { mean, deviation }: FeatureScaler): Float32Array {
  return features.map((value, i) => (value - mean[i % mean.length]) / deviation[i % mean.length]);
}
