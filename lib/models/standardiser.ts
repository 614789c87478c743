/** Standardises features to mean 0 and deviation 1, and clips outliers. */

import { list, number, object, type Schema } from '../schema';

/** Parameters of a fitted standardiser; plain numbers, for JSON. */
export interface Standardiser {
  /** Mean of each feature over the training rows. */
  mean: number[];
  /** Deviation of each feature; 1 for constants. */
  deviation: number[];
  /** Standardised values are clipped to ± this. */
  limit: number;
}

/** Schema of a standardiser with this number of features. */
export const standardiserSchema = (features: number): Schema<Standardiser> =>
  object({
    mean: list(number(), { length: features }),
    deviation: list(number({ above: 0 }), { length: features }),
    limit: number({ above: 0 }),
  });

/** Fits mean and deviation of each feature over the rows, [rows × features], ignoring not-a-number values. */
export function fitStandardiser(
  values: Float32Array,
  features: number,
  rows: Iterable<number> = Array(values.length / features).keys(),
): Pick<Standardiser, 'mean' | 'deviation'> {
  const chosen = [...rows];
  const [count, sum, square] = [0, 1, 2].map(() => new Float64Array(features));
  const present = (take: (k: number, value: number) => void): void => {
    for (const row of chosen) {
      for (let k = 0; k < features; k++) {
        const value = values[row * features + k];
        if (!Number.isNaN(value)) take(k, value);
      }
    }
  };
  present((k, value) => {
    count[k]++;
    sum[k] += value;
  });
  const mean = Array.from(sum, (total, k) => total / Math.max(1, count[k]));
  present((k, value) => {
    square[k] += (value - mean[k]) ** 2;
  });
  // A constant's deviation is rounding alone.
  const deviation = Array.from(square, (total, k) => {
    const root = Math.sqrt(total / Math.max(1, count[k]));
    return root > 1e-6 * Math.abs(mean[k]) ? root : 1;
  });
  return { mean, deviation };
}

/** Standardised rows; not-a-number values become the mean. */
export function standardise(values: Float32Array, { mean, deviation, limit }: Standardiser): Float32Array {
  return values.map((value, i) => {
    const k = i % mean.length;
    const standard = (value - mean[k]) / deviation[k];
    return Number.isNaN(standard) ? 0 : Math.max(-limit, Math.min(limit, standard));
  });
}
