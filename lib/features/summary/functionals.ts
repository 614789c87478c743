/** Statistics over time: a sequence of any length as one row of numbers, each with its name. */
import { columnsOf } from '../matrix';
import type { FeatureMatrix } from '../mel/mfcc';

/** The functionals, in the order of the table. */
export const FUNCTIONALS = [
  'mean',
  'standardDeviation',
  'minimum',
  'percentile5',
  'lowerQuartile',
  'median',
  'upperQuartile',
  'percentile95',
  'maximum',
  'range',
  'interquartileRange',
  'skewness',
  'kurtosis',
  'slope',
] as const;

/** Name of a functional. */
export type Functional = (typeof FUNCTIONALS)[number];

/** One row per feature. */
export type FunctionalsTable<Name extends string = string> = Record<Name, Record<Functional, number>>;

/**
 * Each functional of some values over time; those that are not numbers (the pitch of unvoiced frames) are left out.
 *
 * Quantiles are interpolated linearly; deviation, skewness and kurtosis are those of the frames as a population,
 * kurtosis in excess of the normal distribution's 3; the slope is that of the least-squares line, per frame.
 *
 * @returns not-a-numbers if no frame is left, or where a functional is undefined: skewness and kurtosis of equal
 * values, the slope of a single one
 * @see agrees with NumPy and SciPy (functionals.test.ts)
 */
export function functionals(values: ArrayLike<number>): Record<Functional, number> {
  const times = new Float64Array(values.length);
  const present = new Float64Array(values.length);
  let [count, total, totalTime] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) continue;
    times[count] = i;
    present[count++] = value;
    total += value;
    totalTime += i;
  }
  const mean = total / count;
  const meanTime = totalTime / count;
  let [second, third, fourth, shared, spread] = [0, 0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const deviation = present[i] - mean;
    const square = deviation * deviation;
    const time = times[i] - meanTime;
    second += square / count;
    third += (square * deviation) / count;
    fourth += (square * square) / count;
    shared += deviation * time;
    spread += time * time;
  }
  // Equal values whose mean is rounded leave a variance that is only that rounding.
  const constant = second <= (Number.EPSILON * mean) ** 2;
  const sorted = present.subarray(0, count).sort();
  const [lowerQuartile, upperQuartile] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
  const [minimum, maximum] = [quantile(sorted, 0), quantile(sorted, 1)];
  return {
    mean,
    standardDeviation: count === 0 ? Number.NaN : Math.sqrt(second),
    minimum,
    percentile5: quantile(sorted, 0.05),
    lowerQuartile,
    median: quantile(sorted, 0.5),
    upperQuartile,
    percentile95: quantile(sorted, 0.95),
    maximum,
    range: maximum - minimum,
    interquartileRange: upperQuartile - lowerQuartile,
    skewness: constant ? Number.NaN : third / second ** 1.5,
    kurtosis: constant ? Number.NaN : fourth / second ** 2 - 3,
    slope: shared / spread,
  };
}

/**
 * The functionals of every column of a matrix.
 *
 * @param names one for each coefficient, in their order
 * @throws RangeError unless there is a name for each coefficient, all different
 * @example
 * functionalsTable(mfcc(signal, { coefficients: 2 }), ['level', 'tilt']).tilt.slope
 */
export function functionalsTable<Name extends string>(
  features: FeatureMatrix,
  names: readonly Name[],
): FunctionalsTable<Name> {
  const { coefficients } = features;
  if (names.length !== coefficients || new Set(names).size !== coefficients) {
    throw new RangeError(`functionalsTable: names must be ${coefficients} different ones, got ${names.join(', ')}`);
  }
  const columns = columnsOf(features);
  return Object.fromEntries(names.map((name, k) => [name, functionals(columns[k])])) as FunctionalsTable<Name>;
}

/** Quantile of sorted values, interpolated between neighbours. */
function quantile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
