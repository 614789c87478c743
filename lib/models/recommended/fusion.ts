/** Fusion of two models: weighted geometric mean of their probabilities, scaled by an inverse temperature. */
import { number, object, type Schema } from '../../schema';
import { fitInverseTemperature, scaledSoftmax } from '../inverse-temperature';

/** Parameters of the fusion of two models. */
export interface Fusion {
  /** Weight of the first model, from 0 to 1; the second has the rest. */
  weight: number;
  /** Inverse temperature of the softmax, above 0. */
  sharpness: number;
}

export const fusionSchema: Schema<Fusion> = object({
  weight: number({ from: 0, to: 1 }),
  sharpness: number({ above: 0 }),
});

/** Weights tried. */
const WEIGHTS = Array.from({ length: 21 }, (_, i) => i / 20);
/** Below any probability that matters. */
const SMALLEST = 1e-12;

/**
 * p ∝ (first^weight · second^(1 − weight))^sharpness, the inverse temperature
 *
 * @param first probabilities, [rows × classes]; `second` likewise
 * @returns [rows × classes]; each row sums to 1
 * @throws RangeError if the models have different numbers of rows
 */
export function fuse(first: Float32Array, second: Float32Array, fusion: Fusion, classes: number): Float32Array {
  return scaledSoftmax(logarithms(first, second, fusion.weight), fusion.sharpness, classes);
}

/**
 * Fits weight and inverse temperature by the lowest mean cross-entropy, on rows that neither model was trained on.
 *
 * @throws RangeError if there are no rows
 */
export function fitFusion(
  first: Float32Array,
  second: Float32Array,
  labels: readonly number[],
  classes: number,
): Fusion {
  let best: Fusion & { loss: number } = { weight: 0, sharpness: 1, loss: Number.POSITIVE_INFINITY };
  for (const weight of WEIGHTS) {
    const scores = logarithms(first, second, weight);
    const sharpness = fitInverseTemperature(scores, labels, classes);
    const fused = scaledSoftmax(scores, sharpness, classes);
    const loss = labels.reduce((sum, label, row) => sum - Math.log(fused[row * classes + label] + SMALLEST), 0);
    if (loss < best.loss) best = { weight, sharpness, loss };
  }
  return { weight: best.weight, sharpness: best.sharpness };
}

function logarithms(first: Float32Array, second: Float32Array, weight: number): Float32Array {
  if (first.length !== second.length) {
    throw new RangeError(`fuse: both models must predict the same rows, got ${first.length} and ${second.length}`);
  }
  const log = (value: number): number => Math.log(Math.max(value, SMALLEST));
  return first.map((value, i) => weight * log(value) + (1 - weight) * log(second[i]));
}
