/** Classification metrics: loss, accuracy, unweighted average recall, F1 and the confusion matrix. */
import { SerError } from '../errors';
import { mean } from './statistics';

/** Predictions beside the truth. */
export interface Predictions {
  /** The true class of each clip, as an index into `labels`. */
  truth: readonly number[];
  /** One row per clip, one column per class. */
  probabilities: readonly ArrayLike<number>[];
  /** Names of the classes in the order of the columns. */
  labels: readonly string[];
}

/** Scores of any set of clips. Fractions from 0 to 1. */
export interface Scores {
  clips: number;
  accuracy: number;
  /** Unweighted average recall: the mean recall of the classes that occur. */
  uar: number;
  /** Mean F1 of the classes that occur or were predicted. */
  macroF1: number;
}

/** Scores of one class. Fractions from 0 to 1. */
export interface ClassMetrics {
  label: string;
  /** Clips that truly are of this class. */
  count: number;
  /** Clips that were predicted as this class. */
  predicted: number;
  /** Share of the clips predicted as this class that are of it; 0 if there is none. */
  precision: number;
  /** Share of the clips of this class that were predicted as it; 0 if there is none. */
  recall: number;
  /** Harmonic mean of precision and recall; 0 if both are. */
  f1: number;
}

/** Scores of a set of predictions. */
export interface Metrics extends Scores {
  /** Categorical cross-entropy in nats per clip. */
  loss: number;
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
  if (truth.length === 0) throw new RangeError('evaluatePredictions: at least one clip is needed, got none');
  if (labels.length === 0) throw new RangeError('evaluatePredictions: at least one label is needed, got none');
  if (probabilities.length !== truth.length) {
    throw new RangeError(
      `evaluatePredictions: truth and probabilities must have one entry per clip, got ${truth.length} and ${probabilities.length}`,
    );
  }
  for (const [clip, row] of probabilities.entries()) checkRow(row, clip, labels.length);
  const confusion = confusionMatrix(truth, probabilities.map(topClass), labels.length);
  const { clips, ...scores } = scoresOf(confusion);
  return {
    clips,
    loss: mean(probabilities.map((row, clip) => crossEntropy(row, truth[clip]))),
    ...scores,
    perClass: classesOf(confusion).map((scores, index) => ({ label: labels[index], ...scores })),
    confusion,
  };
}

/** The class with the highest probability, the first one on a tie. */
export function topClass(row: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < row.length; index++) if (row[index] > row[best]) best = index;
  return best;
}

/**
 * Counts clips by true class (rows) and predicted class (columns).
 *
 * @throws RangeError if a class is not a whole number from 0 to `classes` − 1
 * @example confusionMatrix([0, 0, 1], [0, 1, 1], 2) // [[1, 1], [0, 1]]
 */
export function confusionMatrix(truth: readonly number[], predicted: readonly number[], classes: number): number[][] {
  const confusion = emptyMatrix(classes);
  for (const [clip, label] of truth.entries()) addClip(confusion, label, predicted[clip], clip);
  return confusion;
}

/**
 * Confusion matrices of groups of clips, such as those of each actor.
 *
 * @param groups the group of each clip
 * @returns one matrix per group, over the classes from 0 to the largest of all groups
 * @throws RangeError if the lists differ in length or are empty, or a class is not a whole number from 0
 */
export function confusionByGroup<T>(
  groups: readonly T[],
  truth: readonly number[],
  predicted: readonly number[],
): Map<T, number[][]> {
  const lengths = [groups, truth, predicted].map(({ length }) => length);
  if (truth.length === 0 || lengths.some((length) => length !== truth.length)) {
    throw new RangeError(
      `confusionByGroup: groups, truth and predicted must have one entry per clip, got ${lengths.join(', ')}`,
    );
  }
  const classes = 1 + [...truth, ...predicted].reduce((largest, label) => Math.max(largest, label), 0);
  const matrices = new Map(groups.map((group) => [group, emptyMatrix(classes)]));
  for (const [clip, label] of truth.entries()) {
    const confusion = matrices.get(groups[clip]);
    if (confusion) addClip(confusion, label, predicted[clip], clip);
  }
  return matrices;
}

/** Scores of the clips counted in a confusion matrix, which must not be empty. */
export function scoresOf(confusion: readonly number[][]): Scores {
  const classes = classesOf(confusion);
  const clips = classes.reduce((sum, { count }) => sum + count, 0);
  const correct = confusion.reduce((sum, row, label) => sum + row[label], 0);
  // Plain sums: the bootstrap computes them a thousand times, where mathjs would be slow.
  const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    clips,
    accuracy: correct / clips,
    uar: meanOf(classes.filter(({ count }) => count > 0).map(({ recall }) => recall)),
    macroF1: meanOf(classes.filter(({ count, predicted }) => count + predicted > 0).map(({ f1 }) => f1)),
  };
}

function classesOf(confusion: readonly number[][]): Omit<ClassMetrics, 'label'>[] {
  return confusion.map((row, label) => {
    const correct = row[label];
    const count = row.reduce((sum, clips) => sum + clips, 0);
    const predicted = confusion.reduce((sum, other) => sum + other[label], 0);
    return {
      count,
      predicted,
      precision: predicted > 0 ? correct / predicted : 0,
      recall: count > 0 ? correct / count : 0,
      f1: count + predicted > 0 ? (2 * correct) / (count + predicted) : 0,
    };
  });
}

function emptyMatrix(classes: number): number[][] {
  return Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
}

function addClip(confusion: number[][], label: number, predicted: number, clip: number): void {
  if (confusion[label]?.[predicted] === undefined) {
    const wrong = confusion[label] === undefined ? label : predicted;
    throw new RangeError(
      `confusionMatrix: classes must be whole numbers from 0 to ${confusion.length - 1}, got ${wrong} for clip ${clip}`,
    );
  }
  confusion[label][predicted]++;
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

function crossEntropy(row: ArrayLike<number>, label: number): number {
  let sum = 0;
  for (let index = 0; index < row.length; index++) sum += row[index];
  return -Math.log(Math.min(Math.max(row[label] / sum, EPSILON), 1 - EPSILON));
}
