/** Inverse temperature of a softmax, fitted on out-of-fold scores. */

/** Candidate values: ten per octave, from almost uniform probabilities to certainty. */
const FACTORS = Array.from({ length: 81 }, (_, i) => 2 ** (i / 10 - 1));

/** Softmax of one row of scores × inverse temperature; the sum is 1. */
export function softmax(scores: ArrayLike<number>, inverseTemperature = 1): number[] {
  const most = Math.max(...Array.from(scores));
  const powers = Array.from(scores, (score) => Math.exp(inverseTemperature * (score - most)));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/**
 * Softmax of scores × inverse temperature.
 *
 * @param scores [rows × classes]
 * @returns [rows × classes]; each row sums to 1
 */
export function scaledSoftmax(scores: Float32Array, inverseTemperature: number, classes: number): Float32Array {
  const probabilities = new Float32Array(scores.length);
  for (let start = 0; start < scores.length; start += classes) {
    probabilities.set(softmax(scores.subarray(start, start + classes), inverseTemperature), start);
  }
  return probabilities;
}

/**
 * Fits the inverse temperature by the lowest mean cross-entropy.
 *
 * @throws RangeError if there are no rows
 */
export function fitInverseTemperature(scores: Float32Array, labels: readonly number[], classes: number): number {
  if (labels.length === 0) throw new RangeError('fitInverseTemperature: there must be rows, got none');
  const losses = FACTORS.map((factor) => {
    const probabilities = scaledSoftmax(scores, factor, classes);
    return labels.reduce((sum, label, row) => sum - Math.log(probabilities[row * classes + label] + 1e-12), 0);
  });
  return FACTORS[losses.indexOf(Math.min(...losses))];
}
