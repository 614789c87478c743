/** Support vector machines: the only module that uses ml-svm. */
import { SerError } from '../../errors';
import type { Random } from '../../random';
import { list, number, object, oneOf, type Schema } from '../../schema';

/** Default cost of scikit-learn's SVC, fixed in advance rather than tuned. */
const COST = 1;
/** Tolerance of the stopping criterion, as in scikit-learn. */
const TOLERANCE = 1e-3;

/** A trained machine as plain data, for `JSON.stringify`. */
export interface SvmModel {
  options: { kernel: 'rbf'; kernelOptions: { sigma: number }; whitening: false };
  /** The bias. */
  b: number;
  /** Support vectors, their sides and their weights. */
  X: number[][];
  Y: number[];
  alphas: number[];
}

/** A machine on this number of features. */
export const svmSchema =
  (features: number): Schema<SvmModel> =>
  (value, place) => {
    const X = list(list(number(), { length: features }), { least: 1 });
    const { length } = object({ X })(value, place).X;
    return object({
      options: object({
        kernel: oneOf(['rbf'] as const),
        kernelOptions: object({ sigma: number({ above: 0 }) }),
        whitening: oneOf([false] as const),
      }),
      b: number(),
      X,
      Y: list(oneOf([1, -1]), { length }),
      alphas: list(number(), { length }),
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
 * Trains a two-class machine with the kernel exp(−|x − y|² / 2σ²) by sequential minimal optimisation.
 *
 * σ is √(features / 2), scikit-learn's `gamma='scale'` for scaled features. ml-svm's own scaling to 0 … 1 is off, because
 * it divides by zero if a feature is constant.
 *
 * @param features one row per clip, scaled and finite
 * @param sides 1 or −1 per clip; both must occur
 * @param random chooses the partner in each step of the optimisation
 * @param iterations maximum number of sweeps over the clips
 * @throws SerError `bad-training` if the optimisation does not end
 * @see Platt (1998), Sequential Minimal Optimization
 */
export function trainSvm(
  features: readonly (readonly number[])[],
  sides: readonly (1 | -1)[],
  random: Random,
  iterations = 10_000,
): SvmModel {
  const sigma = Math.sqrt(features[0].length / 2);
  const options: SvmModel['options'] = { kernel: 'rbf', kernelOptions: { sigma }, whitening: false };
  const machine = new Svm({
    ...options,
    C: COST,
    tol: TOLERANCE,
    maxPasses: 3,
    maxIterations: iterations,
    random: () => random.uniform(),
  });
  try {
    machine.train(features, sides);
  } catch (cause) {
    throw new SerError(
      'bad-training',
      `trainSvm: no solution within ${iterations} sweeps, got stuck; scale the features or lower the cost (${COST})`,
      { cause },
    );
  }
  const { b, X, Y, alphas } = machine.toJSON();
  return { options, b, X, Y, alphas };
}

/**
 * Function from a row to its signed distance from the boundary: positive for 1, negative for −1, larger when further inside.
 *
 * @throws RangeError from the returned function if the row has another number of features, or one is not finite
 */
export function svmMargin(model: SvmModel): (features: readonly number[]) => number {
  const machine = Svm.load(model);
  const { length } = model.X[0];
  return (features) => {
    if (features.length !== length || !features.every(Number.isFinite)) {
      throw new RangeError(`svmMargin: ${length} finite features are needed, got [${features.join(', ')}]`);
    }
    return machine.marginOne(features);
  };
}
