/** Standardisation: features less their mean, divided by their deviation. */
import { list, number, object, optional, type Schema } from '../schema';
import type { FeatureMatrix } from './mel/mfcc';

/** Mean and deviation of each feature; plain numbers, for JSON. */
export interface FeatureScaler {
  mean: number[];
  /** 1 for constants. */
  deviation: number[];
  /** Scaled values are clipped to ± this, and not-a-number values become the mean; absent: neither. */
  limit?: number;
}

/** Schema of a scaler of this number of features, with a limit or without. */
export const scalerSchema = (features: number, { limit = false } = {}): Schema<FeatureScaler> =>
  object({
    mean: list(number(), { length: features }),
    deviation: list(number({ above: 0 }), { length: features }),
    limit: limit ? number({ above: 0 }) : optional(number({ above: 0 })),
  });

/** Options of `fitScaler`. */
export interface FitScalerOptions {
  /** Rows to fit to; default all. */
  rows?: Iterable<number>;
  /** Divisor of each value before it is summed, which fixes the last bits of the sums; default 1. */
  divisor?: number;
}

/** Fits mean and deviation of each feature over rows, [rows × features], ignoring not-a-number values. */
export function fitScaler(
  values: ArrayLike<number>,
  features: number,
  { rows = Array(values.length / features).keys(), divisor = 1 }: FitScalerOptions = {},
): FeatureScaler {
  const chosen = [...rows];
  const count = new Float64Array(features);
  /** Mean of a function of the values. */
  const meanOf = (map: (value: number, k: number) => number): number[] => {
    const sums = new Array<number>(features).fill(0);
    count.fill(0);
    for (const row of chosen) {
      for (let k = 0; k < features; k++) {
        const value = values[row * features + k];
        if (Number.isNaN(value)) continue;
        count[k]++;
        sums[k] += map(value, k) / divisor;
      }
    }
    return sums.map((sum, k) => sum / (Math.max(1, count[k]) / divisor));
  };
  const mean = meanOf((value) => value);
  const variance = meanOf((value, k) => (value - mean[k]) ** 2);
  // A constant's deviation is rounding alone.
  const deviation = variance.map((square, k) => {
    const root = Math.sqrt(square);
    return root > 1e-6 * Math.abs(mean[k]) ? root : 1;
  });
  return { mean, deviation };
}

/** (x − mean) / deviation of every feature, [rows × features], as a new array of the same precision. */
export function applyScaler<Values extends Float32Array | Float64Array>(
  values: Values,
  { mean, deviation, limit }: FeatureScaler,
): Values {
  const scale = (value: number, i: number): number => (value - mean[i % mean.length]) / deviation[i % mean.length];
  if (limit === undefined) return values.map(scale) as Values;
  return values.map((value, i) => {
    const scaled = scale(value, i);
    return Number.isNaN(scaled) ? 0 : Math.max(-limit, Math.min(limit, scaled));
  }) as Values;
}

/**
 * Each coefficient of an utterance scaled by its own mean and deviation over the frames, which removes loudness,
 * microphone and much of the voice. A coefficient that never changes becomes zero.
 *
 * It needs no training data.
 *
 * @see Viikki & Laurila (1998), cepstral mean and variance normalisation
 */
export function scaleUtterance(features: FeatureMatrix): FeatureMatrix {
  return { ...features, values: applyScaler(features.values, fitScaler(features.values, features.coefficients)) };
}
