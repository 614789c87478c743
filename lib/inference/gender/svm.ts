/** Support vector machines: the only module that uses ml-svm. */
import { SerError } from '../../errors';
import type { Random } from '../../random';
import { list, number, object, oneOf, type Schema } from '../../schema';

/** Options of `trainSvm`. */
export interface SvmOptions {
  /** `linear`: x·y; `gaussian`: exp(−|x − y|² / 2σ²). */
  kernel: 'linear' | 'gaussian';
  /** Penalty for a training clip on the wrong side, > 0. */
  cost: number;
  /** Width of the Gaussian kernel, above 0; default √(features / 2), scikit-learn's `gamma='scale'` for scaled features. */
  sigma?: number;
  /** Tolerance of the stopping criterion; default 0.001, as in scikit-learn. */
  tolerance?: number;
  /** Maximum number of sweeps over the clips; default 10,000. */
  iterations?: number;
  /** Chooses the partner in each step of the optimisation. */
  random: Random;
}

/** A trained machine as plain data, for `JSON.stringify`. */
export interface SvmModel {
  options: { kernel: 'linear' | 'rbf'; kernelOptions?: { sigma: number }; whitening: false };
  /** The bias. */
  b: number;
  /** Of a linear machine: one weight per feature. */
  W?: number[];
  /** Of a Gaussian one: support vectors, their sides and their weights. */
  X?: number[][];
  Y?: number[];
  alphas?: number[];
}

/** A machine with a Gaussian kernel on this number of features. */
export const gaussianSchema =
  (features: number): Schema<SvmModel> =>
  (value, place) => {
    const vectors = object({ X: list(list(number(), { length: features }), { least: 1 }) })(value, place).X;
    const each = { length: vectors.length };
    return object({
      options: object({
        kernel: oneOf(['rbf'] as const),
        kernelOptions: object({ sigma: number({ above: 0 }) }),
        whitening: oneOf([false] as const),
      }),
      b: number(),
      Y: list(oneOf([1, -1]), each),
      alphas: list(number(), each),
    })(value, place);
  };

/** Types of the part of ml-svm that is used; it has none of its own. */
interface MlSvm {
  train(features: readonly (readonly number[])[], labels: readonly number[]): void;
  marginOne(features: readonly number[]): number;
  toJSON(): SvmModel;
}

const Svm = require('ml-svm') as { new (options: Record<string, unknown>): MlSvm; load(model: SvmModel): MlSvm };

/**
 * Trains a two-class machine by sequential minimal optimisation.
 *
 * The features should be scaled. ml-svm's own scaling to 0 … 1 is off, because it divides by zero where a feature is
 * constant.
 *
 * @param features one row per clip
 * @param sides 1 or −1 per clip; both must occur
 * @throws RangeError if rows, sides and options do not fit each other, or a feature is not finite
 * @throws SerError `bad-training` if the optimisation does not end
 * @see Platt (1998), Sequential Minimal Optimization
 */
export function trainSvm(
  features: readonly (readonly number[])[],
  sides: readonly (1 | -1)[],
  options: SvmOptions,
): SvmModel {
  check(features, sides, options);
  const { kernel, cost, tolerance = 1e-3, iterations = 10_000, random } = options;
  const sigma = options.sigma ?? Math.sqrt(features[0].length / 2);
  const shape: SvmModel['options'] =
    kernel === 'linear'
      ? { kernel: 'linear', whitening: false }
      : { kernel: 'rbf', kernelOptions: { sigma }, whitening: false };
  const machine = new Svm({
    ...shape,
    C: cost,
    tol: tolerance,
    maxPasses: 3,
    maxIterations: iterations,
    random: () => random.uniform(),
  });
  try {
    machine.train(features, sides);
  } catch (cause) {
    throw new SerError(
      'bad-training',
      `trainSvm: no solution within ${iterations} sweeps, got stuck; scale the features or lower the cost (${cost})`,
      { cause },
    );
  }
  const { b, W, X, Y, alphas } = machine.toJSON();
  return kernel === 'linear' ? { options: shape, b, W } : { options: shape, b, X, Y, alphas };
}

/**
 * The function that tells on which side a row lies: positive for 1, negative for −1, larger when further inside.
 *
 * @throws RangeError from the returned function if the row has another number of features, or one is not finite
 */
export function svmMargin(model: SvmModel): (features: readonly number[]) => number {
  const machine = Svm.load(model);
  const length = model.W?.length ?? model.X?.[0]?.length ?? 0;
  return (features) => {
    if (features.length !== length || !features.every(Number.isFinite)) {
      throw new RangeError(`svmMargin: ${length} finite features are needed, got [${features.join(', ')}]`);
    }
    return machine.marginOne(features);
  };
}

function check(features: readonly (readonly number[])[], sides: readonly number[], options: SvmOptions): void {
  const { cost, sigma = 1, tolerance = 1 } = options;
  if (features.length !== sides.length) {
    throw new RangeError(`trainSvm: features and sides must match, got ${features.length} and ${sides.length}`);
  }
  if (!sides.includes(1) || !sides.includes(-1)) {
    throw new RangeError(`trainSvm: both sides must occur, got ${sides.length === 0 ? 'none' : `only ${sides[0]}`}`);
  }
  for (const [name, value] of Object.entries({ cost, sigma, tolerance })) {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`trainSvm: ${name} must be above 0, got ${value}`);
    }
  }
  for (const [clip, row] of features.entries()) {
    if (row.length !== features[0].length || row.length === 0) {
      throw new RangeError(
        `trainSvm: rows must have the same number of features, got ${row.length} in row ${clip} and ${features[0].length} in the first`,
      );
    }
    const wrong = row.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      throw new RangeError(`trainSvm: features must be finite, got ${row[wrong]} in row ${clip}, column ${wrong}`);
    }
  }
}
