/** Ridge regression onto the classes: a linear classifier with a closed-form solution. */
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { applyScaler, type FeatureScaler, fitScaler, scalerSchema } from '../features/scaler';
import { list, number, object, type Schema } from '../schema';
import { tf } from '../tensorflow';

/** Parameters of a fitted classifier; plain numbers, for JSON. */
export interface RidgeClassifier extends FeatureScaler {
  /** [features × classes] */
  weights: number[][];
  /** One per class. */
  bias: number[];
}

/** Schema of a classifier with this number of features and classes. */
export const ridgeSchema = (features: number, classes: number): Schema<RidgeClassifier> => {
  const scaler = scalerSchema(features, { limit: true });
  const linear = object<Pick<RidgeClassifier, 'weights' | 'bias'>>({
    weights: list(list(number(), { length: classes }), { length: features }),
    bias: list(number(), { length: classes }),
  });
  return (value, place) => ({ ...scaler(value, place), ...linear(value, place) });
};

/** Standardised values are clipped to ± this, which limits the influence of outliers. */
export const LIMIT = 3;

/** Training rows. */
export interface RidgeRows {
  /** [rows × features]; not-a-number values become the feature's mean. */
  values: Float32Array;
  /** Class of each row, from 0. */
  labels: ArrayLike<number>;
}

/** Options of `fitRidge`. */
export interface RidgeOptions {
  /** Number of classes, int > 1. */
  classes: number;
  /** L2 penalty, above 0. */
  penalty: number;
  /** Takes the values as standardised already; default false. */
  standardised?: boolean;
  /**
   * `conjugate-gradients` for thousands of features, which takes a second where a factorisation takes a minute; default
   * `cholesky`, in double precision. Both stay: their probabilities differ by about 1e-7, and predictions.csv has every
   * digit, so one solver for all would change trained predictions.
   */
  solver?: 'cholesky' | 'conjugate-gradients';
}

/**
 * Least squares from standardised features onto +1 for a row's class and −1 for the others, with an L2 penalty.
 *
 * W = (XᵀSX + λI)⁻¹ XᵀS(T − b), with row weights S that give all classes the same total weight, and b the weighted mean
 * of the targets.
 *
 * @throws RangeError if rows, classes or options do not fit
 * @see Hoerl & Kennard (1970); agrees with a dense solution in double precision (test/ridge.test.ts)
 */
export function fitRidge({ values, labels }: RidgeRows, options: RidgeOptions): RidgeClassifier {
  const { classes, penalty, standardised = false, solver = 'cholesky' } = options;
  const rows = labels.length;
  const features = values.length / rows;
  if (!(rows > 0 && Number.isInteger(features) && features > 0)) {
    throw new RangeError(`fitRidge: values must be rows of features, got ${values.length} values for ${rows} labels`);
  }
  if (!(penalty > 0)) throw new RangeError(`fitRidge: penalty must be above 0, got ${penalty}`);
  const untouched = { mean: new Array<number>(features).fill(0), deviation: new Array<number>(features).fill(1) };
  const scaler = { ...(standardised ? untouched : fitScaler(values, features)), limit: LIMIT };
  const shares = rowWeights(labels, classes);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const bias = Array.from({ length: classes }, (_, c) => {
    return shares.reduce((sum, share, row) => sum + (labels[row] === c ? share : -share), 0) / total;
  });
  const standard = applyScaler(values, scaler);
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
  try {
    const solve = solver === 'cholesky' ? solveByCholesky : solveIteratively;
    return { ...scaler, weights: solve(gram as tf.Tensor2D, goals as tf.Tensor2D, penalty), bias };
  } finally {
    tf.dispose([gram, goals]);
  }
}

/** W of (gram + penalty · I) W = goals. */
function solveByCholesky(gram: tf.Tensor2D, goals: tf.Tensor2D, penalty: number): number[][] {
  const left = new Matrix(gram.arraySync());
  for (let k = 0; k < left.rows; k++) {
    left.set(k, k, left.get(k, k) + penalty);
    // A product in single precision is only approximately symmetric.
    for (let other = 0; other < k; other++) left.set(k, other, left.get(other, k));
  }
  return new CholeskyDecomposition(left).solve(new Matrix(goals.arraySync())).to2DArray();
}

function solveIteratively(gram: tf.Tensor2D, goals: tf.Tensor2D, penalty: number): number[][] {
  const [features, classes] = goals.shape;
  const solution = solveByConjugateGradients(gram, Float64Array.from(goals.dataSync()), penalty);
  return Array.from({ length: features }, (_, k) => Array.from(solution.subarray(k * classes, (k + 1) * classes)));
}

/**
 * Scores of each row for each class: about 1 for its class, −1 for the others.
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
  const standard = applyScaler(values, classifier);
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

/** Averages linear classifiers of the same inputs; the mean classifier gives their mean score. */
export function meanClassifier(classifiers: readonly RidgeClassifier[]): RidgeClassifier {
  const share = 1 / classifiers.length;
  const sum = (values: readonly number[]): number => share * values.reduce((total, value) => total + value, 0);
  const [first] = classifiers;
  return {
    ...first,
    weights: first.weights.map((row, k) => row.map((_, c) => sum(classifiers.map(({ weights }) => weights[k][c])))),
    bias: first.bias.map((_, c) => sum(classifiers.map(({ bias }) => bias[c]))),
  };
}

/** Row weights with mean 1 that give all occurring classes the same total weight. */
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

/** Residual over right side at which conjugate gradients stop. */
const TOLERANCE = 1e-6;

/**
 * X of (A + ridge · I) X = B, for a symmetric positive definite A; each column has steps of its own.
 *
 * The product with A is in single precision, all else in double. For 4,000 unknowns and a condition of a thousand it
 * takes a second, whereas a Cholesky decomposition in JavaScript takes a minute.
 *
 * @param a [n × n]; stays the caller's
 * @param b [n × columns], row-major
 * @param ridge added to the diagonal, ≥ 0
 * @param steps products at most, int > 0
 * @returns [n × columns], row-major
 * @throws RangeError if it has not converged after `steps`
 * @see Hestenes & Stiefel (1952); agrees with a Cholesky decomposition (ridge.test.ts)
 */
export function solveByConjugateGradients(a: tf.Tensor2D, b: Float64Array, ridge: number, steps = 1000): Float64Array {
  const [n] = a.shape;
  const columns = b.length / n;
  const solution = new Float64Array(b.length);
  const residual = b.slice();
  const direction = b.slice();
  let energy = columnProducts(residual, residual, columns);
  const goal = energy.map((value) => TOLERANCE * TOLERANCE * value);
  const open = (): boolean => energy.some((value, column) => value > goal[column]);
  for (let step = 0; open(); step++) {
    if (step === steps) {
      const left = Math.max(...energy.map((value, column) => Math.sqrt(value / (goal[column] || 1)) * TOLERANCE));
      throw new RangeError(
        `solveByConjugateGradients: ${steps} steps must suffice, got a residual of ${left.toExponential(1)}; ` +
          'give a larger ridge',
      );
    }
    const image = product(a, direction, columns);
    for (let i = 0; i < image.length; i++) image[i] += ridge * direction[i];
    const curvature = columnProducts(direction, image, columns);
    const length = energy.map((value, column) => (value > goal[column] ? value / curvature[column] : 0));
    for (let i = 0; i < b.length; i++) {
      solution[i] += length[i % columns] * direction[i];
      residual[i] -= length[i % columns] * image[i];
    }
    const next = columnProducts(residual, residual, columns);
    const ratio = next.map((value, column) => (energy[column] > 0 ? value / energy[column] : 0));
    for (let i = 0; i < b.length; i++) direction[i] = residual[i] + ratio[i % columns] * direction[i];
    energy = next;
  }
  return solution;
}

function product(a: tf.Tensor2D, b: Float64Array, columns: number): Float64Array {
  const values = tf.tidy(() => tf.matMul(a, tf.tensor2d(Float32Array.from(b), [a.shape[1], columns])).dataSync());
  return Float64Array.from(values);
}

/** Of each column the product of two matrices' columns. */
function columnProducts(a: Float64Array, b: Float64Array, columns: number): number[] {
  const sums = new Array<number>(columns).fill(0);
  for (let i = 0; i < a.length; i++) sums[i % columns] += a[i] * b[i];
  return sums;
}
