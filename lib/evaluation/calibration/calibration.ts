/** Calibration of probabilities: expected calibration error and temperature scaling. */
import { softmax } from '../../models/inverse-temperature';
import { topClass } from '../metrics';
import { mean } from '../statistics';

/** Probabilities of one clip. */
type Row = ArrayLike<number>;

/** Clips whose top probability lies between two bounds. */
export interface ReliabilityBin {
  /** From 0 to 1; `low` excluded (but for the first bin), `high` included. */
  low: number;
  high: number;
  clips: number;
  /** Mean top probability; 0 without clips. */
  confidence: number;
  /** Share of correct predictions; 0 without clips. */
  accuracy: number;
}

/**
 * Clips in bins of equal width by their top probability: the points of a reliability diagram.
 *
 * @param bins whole number from 1
 * @throws RangeError if the lists differ in length or are empty
 */
export function reliability(probabilities: readonly Row[], truth: readonly number[], bins: number): ReliabilityBin[] {
  checkLengths('reliability', probabilities, truth);
  const sums = Array.from({ length: bins }, () => ({ clips: 0, confidence: 0, correct: 0 }));
  probabilities.forEach((row, clip) => {
    const top = topClass(row);
    const bin = sums[Math.min(bins - 1, Math.max(0, Math.ceil(row[top] * bins) - 1))];
    bin.clips++;
    bin.confidence += row[top];
    if (top === truth[clip]) bin.correct++;
  });
  return sums.map(({ clips, confidence, correct }, index) => ({
    low: index / bins,
    high: (index + 1) / bins,
    clips,
    confidence: clips > 0 ? confidence / clips : 0,
    accuracy: clips > 0 ? correct / clips : 0,
  }));
}

/**
 * Expected calibration error: mean absolute difference between confidence and accuracy, weighted by clips.
 *
 * Σ clips of a bin / clips · |accuracy − confidence|
 *
 * @returns from 0 (perfectly calibrated) to 1
 * @see Guo et al. (2017), On calibration of modern neural networks
 * @example expectedCalibrationError([[0.8, 0.2], [0.8, 0.2]], [0, 1], 10) // 0.3: confidence 80 %, accuracy 50 %
 */
export function expectedCalibrationError(
  probabilities: readonly Row[],
  truth: readonly number[],
  bins: number,
): number {
  return reliability(probabilities, truth, bins).reduce(
    (sum, { clips, confidence, accuracy }) => sum + (clips / truth.length) * Math.abs(accuracy - confidence),
    0,
  );
}

/**
 * Divides the logits of probabilities by a temperature: p^(1 / temperature), scaled to the sum 1.
 *
 * Above 1 they become more uniform, below 1 more peaked. The most likely class never changes.
 *
 * @throws RangeError if the temperature is not above 0
 */
export function applyTemperature(row: Row, temperature: number): number[] {
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    throw new RangeError(`applyTemperature: temperature must be above 0, got ${temperature}`);
  }
  return softmax(Array.from(row, (value) => Math.log(Math.max(value, SMALLEST)) / temperature));
}

/** Below every probability of a float32 softmax except 0, whose logarithm would be infinite. */
const SMALLEST = 1e-38;

/** Mean −log p(true class), in nats per clip. */
export function logLoss(probabilities: readonly Row[], truth: readonly number[]): number {
  return mean(probabilities.map((row, clip) => -Math.log(Math.max(row[truth[clip]], SMALLEST))));
}

/** Search range of the temperature; outside it, probabilities are almost uniform or certain. */
const RANGE = { low: 0.05, high: 20 } as const;
const STEPS = 80;

/**
 * Fits the temperature of maximum likelihood, on clips that the model is neither trained nor tested on.
 *
 * The negative log likelihood has one minimum over 1 / temperature; golden-section search narrows it to seven digits.
 *
 * `fitInverseTemperature` of the models fits the same softmax on a grid instead. The two searches stay apart because
 * shipped models and committed figures depend on both, to the last bit.
 *
 * @returns from 0.05 to 20
 * @throws RangeError if the lists differ in length or are empty
 */
export function fitTemperature(probabilities: readonly Row[], truth: readonly number[]): number {
  checkLengths('fitTemperature', probabilities, truth);
  const loss = (inverse: number): number =>
    logLoss(
      probabilities.map((row) => applyTemperature(row, 1 / inverse)),
      truth,
    );
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [1 / RANGE.high, 1 / RANGE.low];
  let [left, right] = [high - golden * (high - low), low + golden * (high - low)];
  let [lossLeft, lossRight] = [loss(left), loss(right)];
  for (let step = 0; step < STEPS; step++) {
    if (lossLeft <= lossRight) {
      [high, right, lossRight] = [right, left, lossLeft];
      left = high - golden * (high - low);
      lossLeft = loss(left);
    } else {
      [low, left, lossLeft] = [left, right, lossRight];
      right = low + golden * (high - low);
      lossRight = loss(right);
    }
  }
  return 2 / (low + high);
}

/** @throws RangeError naming the caller, if the lists differ in length or are empty */
export function checkLengths(caller: string, probabilities: readonly Row[], truth: readonly number[]): void {
  if (truth.length === 0 || probabilities.length !== truth.length) {
    throw new RangeError(
      `${caller}: probabilities and truth must have one entry per clip and at least one, ` +
        `got ${probabilities.length} and ${truth.length}`,
    );
  }
}
