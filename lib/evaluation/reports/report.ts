/** Figures as text, and the scores in sentences. */
import type { BootstrapResult, Interval } from '../bootstrap';
import type { Metrics } from '../metrics';
import type { Spread } from '../statistics';

/** A table's line: column name → value. */
export type TableRow = Record<string, string | number>;

/**
 * A fraction as a percentage with one decimal.
 *
 * @example percent(0.5764) // '57.6 %'
 */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

/**
 * An interval of fractions in per cent.
 *
 * @example range({ low: 0.6, high: 0.625 }) // '60.0 % to 62.5 %'
 */
export function range({ low, high }: Pick<Interval, 'low' | 'high'>): string {
  return `${percent(low)} to ${percent(high)}`;
}

/**
 * A mean with its deviation, in per cent.
 *
 * @example plusMinus({ mean: 0.701, deviation: 0.012 }) // '70.1 ± 1.2 %'
 */
export function plusMinus({ mean, deviation }: Spread): string {
  return `${(100 * mean).toFixed(1)} ± ${(100 * deviation).toFixed(1)} %`;
}

/**
 * A difference of fractions in percentage points.
 *
 * @example points(-0.057) // '−5.7 points'
 */
export function points(difference: number): string {
  return `${difference < 0 ? '−' : '+'}${(100 * Math.abs(difference)).toFixed(1)} points`;
}

/**
 * The metrics in sentences, one per line: scores, chance level, best and worst class, most frequent confusion.
 *
 * @param intervals adds the 95 % intervals of `bootstrapByActor`
 * @example console.log(describeMetrics(metrics, intervals).join('\n'))
 */
export function describeMetrics(metrics: Metrics, intervals?: BootstrapResult): string[] {
  const { perClass, confusion } = metrics;
  const byRecall = perClass.filter(({ count }) => count > 0).sort((a, b) => b.recall - a.recall);
  const [best, worst] = [byRecall[0], byRecall[byRecall.length - 1]];
  const brackets = (interval?: Interval): string =>
    interval ? ` [${percent(interval.low)}, ${percent(interval.high)}]` : '';
  const mistakes = perClass.flatMap(({ label, count }, row) =>
    perClass.map((other, column) => ({
      label,
      count,
      other: other.label,
      clips: row === column ? 0 : confusion[row][column],
    })),
  );
  const worstMistake = mistakes.reduce((most, mistake) => (mistake.clips > most.clips ? mistake : most));
  return [
    `${metrics.clips} clips: accuracy ${percent(metrics.accuracy)}${brackets(intervals?.accuracy)}, ` +
      `unweighted average recall ${percent(metrics.uar)}${brackets(intervals?.uar)}, ` +
      `macro F1 ${percent(metrics.macroF1)}, loss ${metrics.loss.toFixed(3)}.`,
    `Chance level: ${percent(1 / perClass.length)} unweighted average recall.`,
    ...(intervals
      ? [`Brackets: 95 % intervals, from ${intervals.draws} bootstrap samples of the ${intervals.actors} actors.`]
      : []),
    `Highest recall: ${best.label} (${percent(best.recall)}); lowest: ${worst.label} (${percent(worst.recall)}).`,
    worstMistake.clips > 0
      ? `Most frequent confusion: ${worstMistake.clips} of ${worstMistake.count} ${worstMistake.label} clips were predicted as ${worstMistake.other}.`
      : 'No clip was misclassified.',
  ];
}
