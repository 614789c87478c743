/** Mixup: training on blends of two rows and of their labels. */
import type { Random } from '../random';
import { tf } from '../tensorflow';

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

/**
 * A number of the beta distribution, from 0 to 1.
 *
 * Mean a / (a + b); variance a b / ((a + b)² (a + b + 1)).
 *
 * @throws RangeError if a shape is not above 0
 */
export function beta(a: number, b: number, random: Random): number {
  for (const shape of [a, b]) {
    if (!(shape > 0 && shape < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`beta: shapes must be above 0, got ${shape}`);
    }
  }
  const difference = logGamma(b, random) - logGamma(a, random);
  return 1 / (1 + Math.exp(difference));
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
 * @throws RangeError if alpha is not above 0, or rows not a whole number above 0
 */
export function drawMix(rows: number, alpha: number, random: Random): Mix {
  if (!(Number.isInteger(rows) && rows > 0)) throw new RangeError(`drawMix: rows must be 1 or more, got ${rows}`);
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
 * @throws RangeError if the mix was drawn for another number of rows
 * @see Zhang et al. (2018)
 */
export function mixRows<T extends tf.Tensor>(values: T, { partners, shares }: Mix): T {
  const [rows, ...rest] = values.shape;
  if (shares.length !== rows) {
    throw new RangeError(`mixRows: the mix must be of ${rows} rows, got ${shares.length}`);
  }
  return tf.tidy(() => {
    const share = tf.tensor(shares.slice(), [rows, ...rest.map(() => 1)]);
    const partner = tf.gather(values, tf.tensor1d(partners.slice(), 'int32'));
    return tf.add(partner, tf.mul(share, tf.sub(values, partner))) as T;
  });
}
