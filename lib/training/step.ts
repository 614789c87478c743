/** One step of gradient descent, on data that stays on the backend, with mixup: blends of two rows and their labels. */
import type { Random } from '../random';
import { tf } from '../tensorflow';
import type { Dataset } from './dataset';
import { categoricalCrossEntropy, type LossOptions } from './loss';
import type { AdamW } from './optimizer';
import { trainableVariables } from './weights';

/** Options of a training step. */
export interface StepOptions extends LossOptions {
  /** Blends rows by shares from Beta(mixup, mixup), above 0; default none. */
  mixup?: number;
  /** Random augmentation of each batch; default none. */
  augmentation?: BatchAugmentation;
}

/** A random change of a batch. */
export interface BatchAugmentation {
  /** Name with its parameters, so that a checkpoint of another training is recognised. */
  readonly name: string;
  /** [rows, frames, coefficients, 1] → the same shape; runs inside `tf.tidy`. */
  apply(batch: tf.Tensor4D, random: Random): tf.Tensor4D;
}

/** Result of a step. */
export interface StepResult {
  /** Mean over the rows, before the step. */
  loss: number;
  /** Rows classified correctly; blended rows count by the class of the larger share. */
  correct: number;
}

/** Components of a `Stepper`. */
export interface StepperParts {
  model: tf.LayersModel;
  optimizer: AdamW;
  data: Dataset;
  options: StepOptions;
  streams: { mixup: Random; augmentation: Random };
}

/** Runs training steps. Owns one copy of the rows on the backend; `dispose` frees it. */
export class Stepper {
  private readonly inputs: tf.Tensor4D;
  private readonly variables: tf.Variable[];
  private readonly classes: number;

  constructor(private readonly parts: StepperParts) {
    const { features, labels, frames, coefficients } = parts.data;
    this.inputs = tf.tensor4d(features, [labels.length, frames, coefficients, 1]);
    this.variables = trainableVariables(parts.model);
    this.classes = parts.model.outputs[0].shape.at(-1) as number;
  }

  /** Trains on some rows; frees all its tensors. */
  step(rows: readonly number[]): StepResult {
    const { model, optimizer, data, options, streams } = this.parts;
    const { mixup, augmentation } = options;
    return tf.tidy(() => {
      const gathered = tf.gather(this.inputs, tf.tensor1d([...rows], 'int32'));
      const inputs = augmentation ? augmentation.apply(gathered, streams.augmentation) : gathered;
      const labels = tf.tensor1d(
        Int32Array.from(rows, (row) => data.labels[row]),
        'int32',
      );
      const targets = tf.cast(tf.oneHot(labels, this.classes), 'float32') as tf.Tensor2D;
      const mix = mixup === undefined ? undefined : drawMix(rows.length, mixup, streams.mixup);
      const [batch, goals] = mix ? [mixRows(inputs, mix), mixRows(targets, mix)] : [inputs, targets];
      let hits: tf.Tensor | undefined;
      const { value, grads } = tf.variableGrads(() => {
        const outputs = model.apply(batch, { training: true }) as tf.Tensor2D;
        const right = tf.equal(tf.argMax(outputs, 1), tf.argMax(goals, 1));
        hits = tf.keep(tf.sum(tf.cast(right, 'float32')));
        return categoricalCrossEntropy(goals, outputs, options);
      }, this.variables);
      optimizer.apply(grads);
      const loss = value.dataSync<'float32'>()[0];
      const correct = hits?.dataSync<'float32'>()[0] ?? 0;
      hits?.dispose();
      return { loss, correct };
    });
  }

  dispose(): void {
    this.inputs.dispose();
  }
}

/** Pairs of rows to blend, and their weights. */
export interface Mix {
  /** The row that each row is blended with: a shuffling of all rows. */
  partners: Int32Array;
  /** Weight of each row itself, from 0 to 1. */
  shares: Float32Array;
}

/**
 * Draws a blend for each row: a partner, and a share from Beta(alpha, alpha), as Keras's MixUp layer does.
 *
 * @param alpha above 0; small values rarely blend much, 1 blends evenly
 * @throws RangeError if alpha is not above 0
 */
export function drawMix(rows: number, alpha: number, random: Random): Mix {
  if (!(alpha > 0 && alpha < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`drawMix: alpha must be above 0, got ${alpha}`);
  }
  const partners = Int32Array.from(random.shuffle(Array.from({ length: rows }, (_, row) => row)));
  const shares = Float32Array.from({ length: rows }, () => beta(alpha, alpha, random));
  return { partners, shares };
}

/**
 * Blends rows: share · row + (1 − share) · partner. For inputs and targets of a batch alike.
 *
 * @param values [rows, …]
 * @returns of the same shape; the caller owns it
 * @see Zhang et al. (2018)
 */
export function mixRows<T extends tf.Tensor>(values: T, { partners, shares }: Mix): T {
  return tf.tidy(() => {
    const share = tf.tensor(
      shares.slice(),
      values.shape.map((size, axis) => (axis === 0 ? size : 1)),
    );
    const partner = tf.gather(values, tf.tensor1d(partners.slice(), 'int32'));
    return tf.add(partner, tf.mul(share, tf.sub(values, partner))) as T;
  });
}

/**
 * A number of the beta distribution, from 0 to 1.
 *
 * Mean a / (a + b); variance a b / ((a + b)² (a + b + 1)).
 */
export function beta(a: number, b: number, random: Random): number {
  const difference = logGamma(b, random) - logGamma(a, random);
  return 1 / (1 + Math.exp(difference));
}

/**
 * A number of the gamma distribution with scale 1, as its logarithm, which cannot underflow.
 *
 * @param shape above 0; the mean and the variance of the number itself
 * @see Marsaglia & Tsang (2000), with their step from shape + 1 for shapes below 1
 */
function logGamma(shape: number, random: Random): number {
  // 1 − uniform() is above 0.
  if (shape < 1) return logGamma(shape + 1, random) + Math.log(1 - random.uniform()) / shape;
  const centre = shape - 1 / 3;
  const width = 1 / Math.sqrt(9 * centre);
  for (;;) {
    const normal = random.normal();
    const root = 1 + width * normal;
    if (root <= 0) continue;
    const cube = root ** 3;
    const bound = 0.5 * normal ** 2 + centre * (1 - cube + Math.log(cube));
    if (Math.log(1 - random.uniform()) < bound) return Math.log(centre * cube);
  }
}
