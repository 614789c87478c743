/** A linear classifier with a closed form: ridge regression onto the classes. */
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { tf } from '../tensorflow';

/** What a fitted classifier is; plain numbers, for JSON. */
export interface RidgeClassifier {
  /** Of each feature over the training rows. */
  mean: number[];
  /** Of each feature; 1 where it never changes. */
  deviation: number[];
  /** Standardised values are cut to ± this. */
  limit: number;
  /** [features × classes] */
  weights: number[][];
  /** One for each class. */
  bias: number[];
}

/** Rows to learn from. */
export interface RidgeRows {
  /** [rows × features]; what is not a number counts as the feature's mean. */
  values: Float32Array;
  /** Class of each row, from 0. */
  labels: ArrayLike<number>;
}

/** Options of `fitRidge`. */
export interface RidgeOptions {
  /** Number of classes, int > 1. */
  classes: number;
  /** Strength of the penalty on squared weights, above 0. */
  penalty: number;
  /** Standardised values are cut to ± this, above 0; default 3. An outlier then cannot outvote the rest. */
  limit?: number;
}

/**
 * Least squares from standardised features onto +1 for a row's class and −1 for the others, with a penalty.
 *
 * W = (XᵀSX + λI)⁻¹ XᵀS(T − b), with a weight S for each row that gives every class the same say, and b the weighted
 * mean of the targets.
 *
 * @throws RangeError if rows, classes or options do not fit
 * @see Hoerl & Kennard (1970); agrees with a dense solution in double precision (test/ridge.test.ts)
 */
export function fitRidge({ values, labels }: RidgeRows, options: RidgeOptions): RidgeClassifier {
  const { classes, penalty, limit = 3 } = options;
  const rows = labels.length;
  const features = values.length / rows;
  if (!(rows > 0 && Number.isInteger(features) && features > 0)) {
    throw new RangeError(`fitRidge: values must be rows of features, got ${values.length} values for ${rows} labels`);
  }
  if (!(penalty > 0)) throw new RangeError(`fitRidge: penalty must be above 0, got ${penalty}`);
  if (!(limit > 0)) throw new RangeError(`fitRidge: limit must be above 0, got ${limit}`);
  const scaler = { ...fitStandardiser(values, features), limit };
  const shares = rowWeights(labels, classes);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const bias = Array.from({ length: classes }, (_, c) => {
    return shares.reduce((sum, share, row) => sum + (labels[row] === c ? share : -share), 0) / total;
  });
  const standard = standardise(values, scaler);
  const [gram, goals] = tf.tidy(() => {
    const x = tf.tensor2d(standard, [rows, features]);
    const weighted = tf.mul(x, tf.tensor2d(Float32Array.from(shares), [rows, 1]));
    const targets = Float32Array.from({ length: rows * classes }, (_, i) => {
      return (labels[Math.floor(i / classes)] === i % classes ? 1 : -1) - bias[i % classes];
    });
    // arraySync, since tf.tidy walks whatever typed array it is handed.
    const product = (other: tf.Tensor): tf.Tensor => tf.keep(tf.matMul(weighted, other as tf.Tensor2D, true));
    return [product(x), product(tf.tensor2d(targets, [rows, classes]))];
  });
  const left = new Matrix(gram.arraySync() as number[][]);
  const right = new Matrix(goals.arraySync() as number[][]);
  tf.dispose([gram, goals]);
  for (let k = 0; k < features; k++) {
    left.set(k, k, left.get(k, k) + penalty);
    // A product in single precision is symmetric only nearly.
    for (let other = 0; other < k; other++) left.set(k, other, left.get(other, k));
  }
  const weights = new CholeskyDecomposition(left).solve(right).to2DArray();
  return { ...scaler, weights, bias };
}

/**
 * How much each row looks like each class: about 1 for yes, −1 for no.
 *
 * @param values [rows × features]
 * @returns [rows × classes]
 */
export function ridgeScores(classifier: RidgeClassifier, values: Float32Array): Float32Array {
  const { weights, bias, mean } = classifier;
  const [features, classes] = [mean.length, bias.length];
  if (values.length % features !== 0) {
    throw new RangeError(`ridgeScores: values must be rows of ${features} features, got ${values.length} values`);
  }
  const standard = standardise(values, classifier);
  const scores = new Float32Array((values.length / features) * classes);
  for (let row = 0; row < values.length / features; row++) {
    const sums = [...bias];
    for (let k = 0; k < features; k++) {
      const value = standard[row * features + k];
      for (let c = 0; c < classes; c++) sums[c] += value * weights[k][c];
    }
    scores.set(sums, row * classes);
  }
  return scores;
}

/** Mean and deviation of each feature over the rows where it is a number. */
function fitStandardiser(values: Float32Array, features: number): Pick<RidgeClassifier, 'mean' | 'deviation'> {
  const [count, sum, square] = [0, 1, 2].map(() => new Float64Array(features));
  const present = (take: (k: number, value: number) => void): void => {
    for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) take(i % features, values[i]);
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

function standardise(
  values: Float32Array,
  { mean, deviation, limit }: Pick<RidgeClassifier, 'mean' | 'deviation' | 'limit'>,
): Float32Array {
  return values.map((value, i) => {
    const k = i % mean.length;
    const standard = (value - mean[k]) / deviation[k];
    return Number.isNaN(standard) ? 0 : Math.max(-limit, Math.min(limit, standard));
  });
}

/** Mean 1 over the rows; every class that is there weighs as much as any other. */
function rowWeights(labels: ArrayLike<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of Array.from(labels)) {
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new RangeError(`fitRidge: labels must be 0 to ${classes - 1}, got ${label}`);
    }
    counts[label]++;
  }
  const there = counts.filter((count) => count > 0).length;
  return Array.from(labels, (label) => labels.length / (there * counts[label]));
}
