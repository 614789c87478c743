/** Figures of trainings by epoch: one with its loss, accuracy and learning rate, or the losses of several. */
import { percent } from '../../evaluation/reports/report';
import type { Figure, FigureOptions, PlotlyLayout, PlotlyTrace } from '../bundle';
import { INK, OKABE_ITO, SERIES_COLOURS } from '../colours';
import {
  annotation,
  guideLine,
  LEGEND_ABOVE,
  LEGEND_BELOW,
  lineTrace,
  ON_DATA,
  plainText,
  rounded,
  stackedDomains,
  toFigure,
} from '../figure';

/** Training history, one entry per epoch; accuracies from 0 to 1. */
export type TrainingCurvesHistory = Readonly<
  Record<'loss' | 'valLoss' | 'accuracy' | 'valAccuracy' | 'learningRate', readonly number[]>
>;

/** Options of `trainingCurves`. */
export interface TrainingCurvesOptions extends FigureOptions {
  /** Counted from 1; 0 for none. */
  bestEpoch: number;
}

const TRAINING = { name: 'training', colour: OKABE_ITO.blue } as const;
const VALIDATION = { name: 'validation', colour: OKABE_ITO.vermillion, dash: 'dash' } as const;
const RATE = { name: 'learning rate', colour: OKABE_ITO.green, shape: 'hv' } as const;

/** Relative heights of the panels: loss, accuracy and learning rate. */
const HEIGHTS = [2, 2, 1];

/**
 * Loss, accuracy and learning rate per epoch, the best epoch marked by a dotted line.
 *
 * @throws RangeError if there are no epochs, or the best epoch is not one of them
 */
export function trainingCurves(history: TrainingCurvesHistory, options: TrainingCurvesOptions): Figure {
  const epochs = history.loss.length;
  const best = options.bestEpoch;
  if (epochs === 0) {
    throw new RangeError('trainingCurves: the history must have an epoch, got none');
  }
  if (!(best >= 0 && best <= epochs)) {
    throw new RangeError(`trainingCurves: the best epoch must be 1 to ${epochs}, got ${best}`);
  }
  const curve = (
    { name, colour, ...line }: { name: string; colour: string; dash?: 'dash'; shape?: 'hv' },
    values: readonly number[],
    yaxis: 'y' | 'y2' | 'y3',
  ): PlotlyTrace =>
    lineTrace(colour, {
      mode: epochs < 3 ? 'lines+markers' : 'lines', // one epoch has no line
      name,
      x: values.map((_, i) => i + 1),
      y: values.map((value) => rounded(yaxis === 'y2' ? value * 100 : value)),
      yaxis,
      line: { shape: 'linear', ...line },
      legendgroup: name,
      showlegend: yaxis === 'y',
      hovertemplate: `epoch %{x}: ${yaxis === 'y2' ? '%{y:.1f} %' : '%{y:.3~g}'}<extra>${name}</extra>`,
    });
  const [loss, accuracy, learningRate] = stackedDomains(HEIGHTS, 0.06);
  return toFigure(options, {
    defaultTitle: 'Training curves',
    data: [
      curve(TRAINING, history.loss, 'y'),
      curve(VALIDATION, history.valLoss, 'y'),
      curve(TRAINING, history.accuracy, 'y2'),
      curve(VALIDATION, history.valAccuracy, 'y2'),
      curve(RATE, history.learningRate, 'y3'),
    ],
    layout: {
      xaxis: {
        title: { text: 'epoch' },
        anchor: 'y3',
        range: [Math.min(0.5, 1 - epochs * 0.01), epochs + Math.max(0.5, epochs * 0.01)],
        ...(epochs <= 15 ? { dtick: 1 } : {}),
      },
      yaxis: { title: { text: 'loss (nats)' }, rangemode: 'tozero', nticks: 6, domain: loss },
      yaxis2: { title: { text: 'accuracy (%)' }, range: [0, 100], dtick: 25, domain: accuracy },
      yaxis3: { title: { text: 'learning<br>rate' }, type: 'log', nticks: 3, domain: learningRate },
      ...(best > 0 ? bestMark(best, epochs) : {}),
      ...LEGEND_ABOVE,
      legend: { ...LEGEND_ABOVE.legend, y: 1.01 },
    },
    height: 160 + 90 * HEIGHTS.reduce((sum, height) => sum + height),
    description: [
      `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}.`,
      ...(best > 0 ? [`Best, epoch ${best}: ${numbersOf(history, best)}.`] : []),
      ...(best !== epochs ? [`Last, epoch ${epochs}: ${numbersOf(history, epochs)}.`] : []),
    ],
  });
}

/** A dotted line at the best epoch, with its number on the side with more room. */
function bestMark(best: number, epochs: number): PlotlyLayout {
  const place =
    best > (1 + epochs) / 2 ? ({ xanchor: 'right', xshift: -4 } as const) : ({ xanchor: 'left', xshift: 4 } as const);
  return {
    shapes: [guideLine('x', best, INK.secondary, 'dot')],
    annotations: [
      annotation(`best: epoch ${best}`, { x: best, y: 1, yref: 'paper', yanchor: 'top', ...place, ...ON_DATA }),
    ],
  };
}

/** The numbers of an epoch in words. */
function numbersOf({ loss, valLoss, accuracy, valAccuracy }: TrainingCurvesHistory, epoch: number): string {
  const i = epoch - 1;
  return (
    `loss ${loss[i].toFixed(3)}, validation loss ${valLoss[i].toFixed(3)}, ` +
    `accuracy ${percent(accuracy[i])}, validation accuracy ${percent(valAccuracy[i])}`
  );
}

/** One training's curve. */
export interface RunCurve {
  name: string;
  /** Validation loss in nats after each epoch. */
  valLoss: readonly number[];
}

/** Line styles in addition to colours, so that lines are distinguishable without them. */
const DASHES = ['solid', 'dash', 'dot'] as const;

/**
 * Validation loss per epoch, one line for each run.
 *
 * @throws RangeError if there is no run, or one has no epoch
 */
export function runCurves(runs: readonly RunCurve[], options: FigureOptions = {}): Figure {
  if (runs.length === 0) throw new RangeError('runCurves: at least one run is needed, got none');
  const empty = runs.find(({ valLoss }) => valLoss.length === 0);
  if (empty) throw new RangeError(`runCurves: every run must have an epoch, got none of "${empty.name}"`);
  return toFigure(options, {
    defaultTitle: 'Validation loss of each run',
    data: runs.map(({ name, valLoss }, index) =>
      lineTrace(SERIES_COLOURS[index % SERIES_COLOURS.length], {
        mode: 'lines+markers',
        name: plainText(name),
        x: valLoss.map((_, epoch) => epoch + 1),
        y: valLoss.map((loss) => rounded(loss)),
        line: { dash: DASHES[index % DASHES.length] },
        marker: { size: 5 },
        hovertemplate: `epoch %{x}: %{y:.3f}<extra>${plainText(name)}</extra>`,
      }),
    ),
    layout: {
      xaxis: { title: { text: 'epoch' } },
      yaxis: { title: { text: 'validation loss (nats)' }, rangemode: 'tozero' },
      ...LEGEND_BELOW,
      legend: { ...LEGEND_BELOW.legend, y: -0.2 },
    },
    height: 420,
    description: runs.map(({ name, valLoss }) => {
      const best = valLoss.indexOf(Math.min(...valLoss));
      return `${name}: ${valLoss.length} epochs, lowest ${valLoss[best].toFixed(3)} in epoch ${best + 1}.`;
    }),
  });
}
