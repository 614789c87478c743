/** Mean, deviation and quantiles: the only module that uses mathjs. */
import { SerError } from '../errors';

/** The functions used from mathjs. */
interface Statistics {
  mean(values: readonly number[]): number;
  std(values: readonly number[], normalisation: 'uncorrected' | 'unbiased'): number;
  quantileSeq(values: readonly number[], probabilities: readonly number[], sorted: boolean): number[];
}

/** Its own types belong to its ES module build, which this CommonJS library cannot name. */
interface Mathjs {
  create(factories: object): Statistics;
  meanDependencies: object;
  stdDependencies: object;
  quantileSeqDependencies: object;
}

let statistics: Statistics | undefined;

/** Loaded on first use, since mathjs takes a quarter of a second to load. */
function loadStatistics(): Statistics {
  if (!statistics) {
    const mathjs = require('mathjs/number') as Mathjs;
    const { meanDependencies, stdDependencies, quantileSeqDependencies } = mathjs;
    statistics = mathjs.create({ ...meanDependencies, ...stdDependencies, ...quantileSeqDependencies });
  }
  return statistics;
}

/**
 * The arithmetic mean.
 *
 * @throws RangeError if there are no values
 * @throws SerError `bad-training` if one of them is not finite
 * @example mean([1, 2, 6]) // 3
 */
export function mean(values: readonly number[]): number {
  check('mean', values);
  return loadStatistics().mean(values);
}

/**
 * The standard deviation: of the values themselves, dividing by n (as numpy does), or as an estimate for what
 * they were drawn from, dividing by n − 1.
 *
 * @throws RangeError if there are no values
 * @throws SerError `bad-training` if one of them is not finite
 * @example standardDeviation([1, 2, 6]) // 2.160…, the root of 14 / 3
 */
export function standardDeviation(values: readonly number[], kind: 'population' | 'sample' = 'population'): number {
  check('standardDeviation', values);
  return loadStatistics().std(values, kind === 'population' ? 'uncorrected' : 'unbiased');
}

/** Mean and sample standard deviation. */
export interface Spread {
  mean: number;
  /** Divides by n − 1; 0 for a single value. */
  deviation: number;
}

/** Mean and sample standard deviation of a score over seeds or folds. */
export function spreadOf(values: readonly number[]): Spread {
  return { mean: mean(values), deviation: values.length > 1 ? standardDeviation(values, 'sample') : 0 };
}

/**
 * Quantiles with linear interpolation between neighbours, as numpy's default.
 *
 * @param probabilities each from 0 (the minimum) to 1 (the maximum)
 * @throws RangeError if there are no values, or a probability is out of its range
 * @throws SerError `bad-training` if a value is not finite
 * @example quantiles([1, 2, 3, 10], [0.5, 1]) // [2.5, 10]
 */
export function quantiles(values: readonly number[], probabilities: readonly number[]): number[] {
  check('quantiles', values);
  const wrong = probabilities.find((probability) => !(probability >= 0 && probability <= 1));
  if (wrong !== undefined) throw new RangeError(`quantiles: probabilities must be 0 to 1, got ${wrong}`);
  // mathjs's own ordering starts from random pivots and takes neighbours within 1e-12 for equal, so it differs by runs.
  const sorted = [...values].sort((a, b) => a - b);
  return loadStatistics().quantileSeq(sorted, probabilities, true);
}

function check(caller: string, values: readonly number[]): void {
  if (values.length === 0) throw new RangeError(`${caller}: at least one value is needed, got none`);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new SerError('bad-training', `${caller}: values must be finite, got ${values[wrong]} at position ${wrong}`);
  }
}
