/** Features brought to mean 0 and deviation 1, outliers cut. */

import { list, number, object, type Schema } from '../schema';

/** What a fitted standardiser is; plain numbers, for JSON. */
export interface Standardiser {
  /** Of each feature over the training rows. */
  mean: number[];
  /** Of each feature; 1 where it never changes. */
  deviation: number[];
  /** Standardised values are cut to ± this. */
  limit: number;
}

/** A standardiser of this number of features. */
export const standardiserSchema = (features: number): Schema<Standardiser> =>
  object({
    mean: list(number(), { length: features }),
    deviation: list(number({ above: 0 }), { length: features }),
    limit: number({ above: 0 }),
  });

/** Mean and deviation of each feature over the rows, [rows × features], where it is a number. */
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

/** Standardised rows; what is not a number counts as the mean. */
export function standardise(values: Float32Array, { mean, deviation, limit }: Standardiser): Float32Array {
  return values.map((value, i) => {
    const k = i % mean.length;
    const standard = (value - mean[k]) / deviation[k];
    return Number.isNaN(standard) ? 0 : Math.max(-limit, Math.min(limit, standard));
  });
}
