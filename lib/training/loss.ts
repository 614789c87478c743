/** Training loss: cross-entropy with label smoothing and class weights. */
import { tf } from '../tensorflow';

/** Options of `categoricalCrossEntropy`. */
export interface LossOptions {
  /** Share of each target that is spread over all classes, from 0 to 1; default 0. */
  labelSmoothing?: number;
  /** Weight of each class, 0 or more; default 1 each. A mixed target weighs as its classes do, by their shares. */
  classWeights?: ArrayLike<number>;
}

/** Keras keeps probabilities this far from 0 and 1 in a loss. */
export const PROBABILITY_MARGIN = 1e-7;

/**
 * Keras's categorical cross-entropy: the mean over the rows of −weight · Σ target · ln(clip(p, 1e-7, 1 − 1e-7)).
 *
 * A weighted loss is divided by the number of rows, not by their weights, as in Keras.
 *
 * @param targets [rows, classes], one-hot or shares that add up to 1
 * @param probabilities [rows, classes], rows that add up to 1
 * @returns a scalar; the caller owns it
 * @throws RangeError if an option is out of range
 */
export function categoricalCrossEntropy(
  targets: tf.Tensor2D,
  probabilities: tf.Tensor2D,
  { labelSmoothing = 0, classWeights }: LossOptions = {},
): tf.Scalar {
  const [rows, classes] = probabilities.shape;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(`categoricalCrossEntropy: labelSmoothing must be 0 to 1, got ${labelSmoothing}`);
  }
  if (classWeights && classWeights.length !== classes) {
    throw new RangeError(
      `categoricalCrossEntropy: classWeights must hold ${classes} weights, got ${classWeights.length}`,
    );
  }
  return tf.tidy(() => {
    const smooth = labelSmoothing > 0 ? tf.add(tf.mul(targets, 1 - labelSmoothing), labelSmoothing / classes) : targets;
    const clipped = tf.clipByValue(probabilities, PROBABILITY_MARGIN, 1 - PROBABILITY_MARGIN);
    const surprise = tf.mul(smooth, tf.log(clipped));
    if (!classWeights) return tf.div(tf.sum(surprise), -rows) as tf.Scalar;
    const rowWeights = tf.matMul(targets, tf.tensor2d(Float32Array.from(classWeights), [classes, 1]));
    return tf.div(tf.sum(tf.mul(surprise, rowWeights)), -rows) as tf.Scalar;
  });
}

/** Options of `classWeights`. */
export interface ClassWeightOptions {
  /** Number of classes; int > 0. */
  classes: number;
  /** 1 gives every class the same say, 0 every row; between them a compromise; default 1. */
  power?: number;
}

/**
 * Weights that make up for classes of different sizes: (rows / count)^power, scaled so that a row weighs 1 on average.
 *
 * With power 1 this is scikit-learn's "balanced": rows / (classes that occur · count). A class that does not occur
 * weighs 0.
 *
 * @example classWeights([0, 0, 0, 1], { classes: 2 }) // 0.667, 2
 * @throws RangeError if there are no labels, or one is not a class
 */
export function classWeights(labels: ArrayLike<number>, { classes, power = 1 }: ClassWeightOptions): Float32Array {
  if (labels.length === 0) throw new RangeError('classWeights: labels must have rows, got none');
  const counts = Array.from({ length: classes }, () => 0);
  for (const label of Array.from(labels)) {
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new RangeError(`classWeights: labels must be 0 to ${classes - 1}, got ${label}`);
    }
    counts[label]++;
  }
  const raw = counts.map((count) => (count === 0 ? 0 : (labels.length / count) ** power));
  const total = raw.reduce((sum, weight, label) => sum + weight * counts[label], 0);
  return Float32Array.from(raw, (weight) => (weight * labels.length) / total);
}
