/** Pictures of what a model predicted: confusion, counts, one clip's probabilities. */
import { percent } from '../../evaluation/reports/report';
import type { Figure, FigureOptions } from '../bundle';
import { labelColour } from '../colours';
import { CATEGORIES_DOWN, OUTLINE, plainText, rounded, shareHeatmap, toFigure } from '../figure';
import { emotionBars } from './corpus-figures';

/** The sum of some counts. */
function sum(counts: ArrayLike<number>): number {
  return Array.from(counts).reduce((total, count) => total + count, 0);
}

/**
 * Confusion matrix: colours are shares of the true emotion's clips, texts are counts and shares.
 *
 * @param counts rows are true labels, columns predicted ones
 * @throws RangeError if the matrix is not as large as there are labels
 * @example show(confusionHeatmap(labels, metrics.confusion, { title: 'Confusion matrix' }))
 */
export function confusionHeatmap(
  labels: readonly string[],
  counts: readonly ArrayLike<number>[],
  options: FigureOptions = {},
): Figure {
  const size = labels.length;
  if (size === 0 || counts.length !== size || counts.some((row) => row.length !== size)) {
    throw new RangeError(
      `confusionHeatmap: counts must have ${size} rows of ${size}, got ${counts.length} rows of ` +
        `${[...new Set(counts.map((row) => row.length))].join(' and ')}`,
    );
  }
  const totals = counts.map(sum);
  const shares = counts.map((row, i) => Array.from(row, (count) => (totals[i] > 0 ? count / totals[i] : 0)));
  const names = labels.map(plainText);
  const heat = shareHeatmap('share of the true emotion', {
    x: names,
    y: names,
    z: shares.map((row) => row.map((share) => rounded(share * 100))),
    xgap: 1,
    ygap: 1,
    texts: counts.map((row, i) =>
      Array.from(row, (count, j) => (count === 0 ? '' : `${count}<br>${Math.round(shares[i][j] * 100)} %`)),
    ),
    customdata: counts.map((row) => Array.from(row)),
    textfont: { size: 12 },
    hovertemplate: 'true %{y}, predicted %{x}: %{customdata} clips, %{z:.1f} % of true %{y}<extra></extra>',
  });
  const total = sum(totals);
  const correct = counts.reduce((all, row, i) => all + row[i], 0);
  const present = totals.flatMap((count, i) => (count > 0 ? [shares[i][i]] : []));
  const mistakes = counts
    .flatMap((row, i) => Array.from(row, (count, j) => ({ count, i, j })))
    .filter(({ count, i, j }) => i !== j && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, 3)
    .map(({ count, i, j }) => `${labels[i]} as ${labels[j]} ${count}`);
  return toFigure(options, {
    defaultTitle: 'Confusion matrix',
    data: [heat],
    layout: {
      xaxis: { title: { text: 'predicted emotion' }, type: 'category', showgrid: false },
      yaxis: { title: { text: 'true emotion' }, ...CATEGORIES_DOWN },
    },
    height: 160 + 50 * Math.max(size, 4),
    description: [
      `${total} clips, ${correct} correct (accuracy ${percent(correct / Math.max(total, 1))}), ` +
        `unweighted average recall ${percent(sum(present) / Math.max(present.length, 1))}.`,
      `Recall: ${labels.map((label, i) => `${label} ${totals[i] > 0 ? percent(shares[i][i]) : 'no clips'}`).join(', ')}.`,
      ...(mistakes.length > 0 ? [`Most frequent mistakes: ${mistakes.join(', ')}.`] : []),
    ],
  });
}

/**
 * Number of predictions of each emotion beside its number of clips; unequal bars show a bias of the model.
 *
 * @throws RangeError if there is not one count per label
 */
export function predictionCounts(
  labels: readonly string[],
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  options: FigureOptions = {},
): Figure {
  if (labels.length === 0 || predicted.length !== labels.length || actual.length !== labels.length) {
    throw new RangeError(
      `predictionCounts: there must be ${labels.length} counts, got ${predicted.length} predicted and ${actual.length} true`,
    );
  }
  const groups = [
    { name: 'true', counts: Array.from(actual) },
    { name: 'predicted', counts: Array.from(predicted) },
  ];
  return emotionBars(labels, groups, options, {
    defaultTitle: 'Predicted and true emotions',
    description: labels.map((label, i) => `${label}: predicted ${predicted[i]}, true ${actual[i]}.`),
  });
}

/** Options of `probabilities`. */
export interface ProbabilitiesOptions extends FigureOptions {
  /** Marked in the figure where it is known. */
  trueLabel?: string;
}

/**
 * One clip's probabilities as horizontal bars, in the order of the labels.
 *
 * @param values one per label, from 0 to 1
 * @throws RangeError if there is not one probability per label
 */
export function probabilities(
  labels: readonly string[],
  values: ArrayLike<number>,
  options: ProbabilitiesOptions = {},
): Figure {
  if (labels.length === 0 || values.length !== labels.length) {
    throw new RangeError(`probabilities: there must be ${labels.length} probabilities, got ${values.length}`);
  }
  const names = labels.map((label) => plainText(label) + (label === options.trueLabel ? ' (true)' : ''));
  const order = labels.map((_, i) => i).sort((a, b) => values[b] - values[a]);
  return toFigure(options, {
    defaultTitle: 'Probability of each emotion',
    data: [
      {
        type: 'bar',
        orientation: 'h',
        x: Array.from(values, (value) => rounded(value * 100)),
        y: names,
        text: Array.from(values, (value) => percent(value)),
        textposition: 'outside',
        cliponaxis: false,
        marker: { color: labels.map(labelColour), line: OUTLINE },
        hovertemplate: '%{y}: %{x:.1f} %<extra></extra>',
      },
    ],
    layout: {
      xaxis: { title: { text: 'probability (%)' }, range: [0, 108], tickvals: [0, 25, 50, 75, 100], tickmode: 'array' },
      yaxis: { title: { text: 'emotion' }, type: 'category', autorange: 'reversed' },
    },
    height: 150 + 32 * labels.length,
    description: [
      ...(options.trueLabel ? [`True: ${options.trueLabel}.`] : []),
      `${order.map((i) => `${labels[i]} ${percent(values[i])}`).join(', ')}.`,
    ],
  });
}
