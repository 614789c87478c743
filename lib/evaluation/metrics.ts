/** Classification metrics: loss, accuracy, unweighted average recall, F1 and the confusion matrix. */
import { SerError } from '../errors';
import { mean } from './statistics';

/** Predictions beside the truth. */
export interface Predictions {
  /** The true class of each clip, as an index into `labels`. */
  truth: readonly number[];
  /** [clips × classes], row by row or as an array of rows. */
  probabilities: Float32Array | readonly ArrayLike<number>[];
  /** Names of the classes in the order of the columns. */
  labels: readonly string[];
}

/** Scores of one class. Fractions from 0 to 1. */
export interface ClassMetrics {
  label: string;
  /** Clips that truly are of this class. */
  count: number;
  /** Clips that were taken for this class. */
  predicted: number;
  /** Of the clips taken for this class, how many are; 0 if none was. */
  precision: number;
  /** Of the clips of this class, how many were recognised; 0 if there is none. */
  recall: number;
  /** Harmonic mean of precision and recall; 0 if both are. */
  f1: number;
}

/** Scores of a set of predictions. Fractions from 0 to 1. */
export interface Metrics {
  clips: number;
  /** Categorical cross-entropy in nats per clip. */
  loss: number;
  accuracy: number;
  /** Unweighted average recall: the mean recall of the classes that occur. */
  uar: number;
  /** Mean F1 of the classes that occur or were predicted. */
  macroF1: number;
  perClass: ClassMetrics[];
  /** Clips by true class (rows) and predicted class (columns). */
  confusion: number[][];
}

/** Keras keeps probabilities this far from 0 and 1 before taking the logarithm. */
const EPSILON = 1e-7;

/**
 * Compares predictions with the truth.
 *
 * Each clip counts for its most likely class, the first one on a tie. The loss is Keras's categorical cross-entropy:
 * rows scaled to the sum 1, clipped to 1e-7 … 1 − 1e-7, mean of −log p(true class). The rest is what scikit-learn
 * gives with `zero_division=0`; UAR is its balanced accuracy (metrics.test.ts).
 *
 * @throws RangeError if there are no clips, or lengths and indices do not fit each other
 * @throws SerError `bad-training` if a probability is negative or not a number
 * @example evaluatePredictions({ truth: [0, 1], probabilities: [[0.9, 0.1], [0.8, 0.2]], labels: ['calm', 'sad'] }).uar // 0.5
 */
export function evaluatePredictions({ truth, probabilities, labels }: Predictions): Metrics {
  const rows = probabilityRows(probabilities, labels.length);
  if (truth.length === 0) throw new RangeError('evaluatePredictions: at least one clip is needed, got none');
  if (rows.length !== truth.length) {
    throw new RangeError(
      `evaluatePredictions: truth and probabilities must have one entry per clip, got ${truth.length} and ${rows.length}`,
    );
  }
  const predicted = rows.map(mostLikely);
  const confusion = confusionMatrix(truth, predicted, labels.length);
  const perClass = labels.map((label, index) => classMetrics(label, index, confusion));
  return {
    clips: truth.length,
    loss: mean(rows.map((row, clip) => crossEntropy(row, truth[clip]))),
    accuracy: labels.reduce((correct, _, index) => correct + confusion[index][index], 0) / truth.length,
    uar: mean(perClass.filter(({ count }) => count > 0).map(({ recall }) => recall)),
    macroF1: mean(perClass.filter(({ count, predicted }) => count + predicted > 0).map(({ f1 }) => f1)),
    perClass,
    confusion,
  };
}

/**
 * The most likely class of each clip, the first one on a tie.
 *
 * @throws RangeError if the rows do not have one probability per class
 * @throws SerError `bad-training` if a probability is negative or not a number
 * @example predictClasses([[0.2, 0.8]], 2) // [1]
 */
export function predictClasses(probabilities: Predictions['probabilities'], classes: number): number[] {
  return probabilityRows(probabilities, classes).map(mostLikely);
}

/**
 * Counts clips by true class (rows) and predicted class (columns).
 *
 * @throws RangeError if a class is not a whole number from 0 to `classes` − 1
 * @example confusionMatrix([0, 0, 1], [0, 1, 1], 2) // [[1, 1], [0, 1]]
 */
export function confusionMatrix(truth: readonly number[], predicted: readonly number[], classes: number): number[][] {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const [clip, label] of truth.entries()) {
    for (const index of [label, predicted[clip]]) {
      if (!Number.isInteger(index) || index < 0 || index >= classes) {
        throw new RangeError(`confusionMatrix: classes must be 0 to ${classes - 1}, got ${index} for clip ${clip}`);
      }
    }
    confusion[label][predicted[clip]]++;
  }
  return confusion;
}

/** The clips' probabilities as rows, checked. */
function probabilityRows(probabilities: Predictions['probabilities'], classes: number): ArrayLike<number>[] {
  if (!Number.isInteger(classes) || classes < 1) {
    throw new RangeError(`evaluatePredictions: at least one label is needed, got ${classes}`);
  }
  if (probabilities instanceof Float32Array && probabilities.length % classes !== 0) {
    throw new RangeError(
      `evaluatePredictions: probabilities must be a multiple of ${classes} (classes), got ${probabilities.length}`,
    );
  }
  const rows =
    probabilities instanceof Float32Array
      ? Array.from({ length: probabilities.length / classes }, (_, clip) =>
          probabilities.subarray(clip * classes, (clip + 1) * classes),
        )
      : [...probabilities];
  for (const [clip, row] of rows.entries()) checkRow(row, clip, classes);
  return rows;
}

function checkRow(row: ArrayLike<number>, clip: number, classes: number): void {
  if (row.length !== classes) {
    throw new RangeError(
      `evaluatePredictions: each clip needs ${classes} probabilities, got ${row.length} for clip ${clip}`,
    );
  }
  let sum = 0;
  for (let index = 0; index < classes; index++) {
    const value = row[index];
    if (!(value >= 0) || value === Number.POSITIVE_INFINITY) {
      throw new SerError(
        'bad-training',
        `evaluatePredictions: probabilities must be numbers from 0 to 1, got ${value} for clip ${clip}; ` +
          'train again with a smaller learning rate',
      );
    }
    sum += value;
  }
  if (sum === 0) {
    throw new SerError('bad-training', `evaluatePredictions: probabilities must not all be 0, as in clip ${clip}`);
  }
}

function mostLikely(row: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < row.length; index++) if (row[index] > row[best]) best = index;
  return best;
}

function crossEntropy(row: ArrayLike<number>, label: number): number {
  let sum = 0;
  for (let index = 0; index < row.length; index++) sum += row[index];
  return -Math.log(Math.min(Math.max(row[label] / sum, EPSILON), 1 - EPSILON));
}

function classMetrics(label: string, index: number, confusion: readonly number[][]): ClassMetrics {
  const correct = confusion[index][index];
  const count = confusion[index].reduce((sum, clips) => sum + clips, 0);
  const predicted = confusion.reduce((sum, row) => sum + row[index], 0);
  const either = count + predicted;
  return {
    label,
    count,
    predicted,
    precision: predicted > 0 ? correct / predicted : 0,
    recall: count > 0 ? correct / count : 0,
    f1: either > 0 ? (2 * correct) / either : 0,
  };
}
