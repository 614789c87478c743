/** Figure of a training: loss, accuracy and learning rate by epoch. */
import type { Figure, FigureOptions } from '../bundle';
import { INK, OKABE_ITO } from '../colours';
import { rounded } from '../envelope';
import { toFigure } from '../figure';
import type { PlotlyAnnotation, PlotlyAxis, PlotlyLayout, PlotlyShape, PlotlyTrace } from '../plotly';

/** Training history, one entry per epoch. */
export interface TrainingCurvesHistory {
  readonly loss: ArrayLike<number>;
  readonly valLoss?: ArrayLike<number>;
  /** From 0 to 1. */
  readonly accuracy?: ArrayLike<number>;
  readonly valAccuracy?: ArrayLike<number>;
  readonly learningRate?: ArrayLike<number>;
}

/** Options of `trainingCurves`. */
export interface TrainingCurvesOptions extends FigureOptions {
  /** Counted from 1; default the one with the smallest validation loss (or loss, without validation). */
  bestEpoch?: number;
}

/** Counted from 1; 0 for no values. */
function lowestEpoch(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i]) && (best === 0 || values[i] < values[best - 1])) {
      best = i + 1;
    }
  }
  return best;
}

/**
 * Loss, accuracy and learning rate per epoch, the best epoch marked by a dotted line.
 *
 * @throws RangeError if there are no epochs, or the best epoch is not one of them
 */
export function trainingCurves(history: TrainingCurvesHistory, options: TrainingCurvesOptions = {}): Figure {
  const epochs = history.loss.length;
  const best = options.bestEpoch ?? lowestEpoch(history.valLoss ?? history.loss);
  if (epochs === 0) {
    throw new RangeError('trainingCurves: the history must have an epoch, got none');
  }
  if (!(best >= 0 && best <= epochs)) {
    throw new RangeError(`trainingCurves: the best epoch must be 1 to ${epochs}, got ${best}`);
  }
  const x = Array.from({ length: epochs }, (_, i) => i + 1);
  const few = epochs < 3; // one epoch has no line
  const curve = (
    name: string,
    values: ArrayLike<number> | undefined,
    style: { axis: 'y' | 'y2' | 'y3'; colour: string; dash?: 'dash'; percent?: boolean; legend?: boolean },
  ): PlotlyTrace[] =>
    values === undefined
      ? []
      : [
          {
            type: 'scatter',
            mode: few ? 'lines+markers' : 'lines',
            name,
            x,
            y: Array.from(values, (value) => rounded(style.percent ? value * 100 : value)),
            yaxis: style.axis,
            line: { color: style.colour, width: 2, dash: style.dash, shape: style.axis === 'y3' ? 'hv' : 'linear' },
            legendgroup: name,
            showlegend: style.legend ?? false,
            hovertemplate: `epoch %{x}: %{y:${style.percent ? '.1f' : '.3~g'}}${style.percent ? ' %' : ''}<extra>${name}</extra>`,
          },
        ];
  const data = [
    ...curve('training', history.loss, { axis: 'y', colour: OKABE_ITO.blue, legend: true }),
    ...curve('validation', history.valLoss, { axis: 'y', colour: OKABE_ITO.vermillion, dash: 'dash', legend: true }),
    ...curve('training', history.accuracy, { axis: 'y2', colour: OKABE_ITO.blue, percent: true }),
    ...curve('validation', history.valAccuracy, {
      axis: 'y2',
      colour: OKABE_ITO.vermillion,
      dash: 'dash',
      percent: true,
    }),
    ...curve('learning rate', history.learningRate, { axis: 'y3', colour: OKABE_ITO.green }),
  ];
  const panels = stackPanels(history);
  const marks: PlotlyShape[] = [];
  const annotations: PlotlyAnnotation[] = [];
  if (best > 0) {
    const line = { color: INK.secondary, width: 2, dash: 'dot' } as const;
    marks.push({ type: 'line', x0: best, x1: best, y0: 0, y1: 1, yref: 'paper', line });
    const inRightHalf = best > (1 + epochs) / 2;
    annotations.push({
      text: `best: epoch ${best}`,
      x: best,
      y: 1,
      yref: 'paper',
      yanchor: 'top',
      xanchor: inRightHalf ? 'right' : 'left',
      xshift: inRightHalf ? -4 : 4,
      showarrow: false,
      bgcolor: 'rgba(255,255,255,0.8)',
      font: { size: 13, color: INK.text },
    });
  }
  return toFigure(options, {
    defaultTitle: 'Training curves',
    data,
    layout: {
      xaxis: {
        title: { text: 'epoch' },
        anchor: panels.lowest,
        range: [Math.min(0.5, 1 - epochs * 0.01), epochs + Math.max(0.5, epochs * 0.01)],
        ...(epochs <= 15 ? { dtick: 1 } : {}),
      },
      ...panels.axes,
      shapes: marks,
      annotations,
      showlegend: true,
      legend: { orientation: 'h', x: 1, xanchor: 'right', y: 1.01, yanchor: 'bottom' },
      margin: { t: 84 },
    },
    height: panels.height,
    description: describeTraining(history, epochs, best),
  });
}

/** One panel below the other for what the history has; the learning rate's is half as high. */
function stackPanels(history: TrainingCurvesHistory): { axes: PlotlyLayout; lowest: string; height: number } {
  const accuracy = history.accuracy ?? history.valAccuracy;
  const shown: { key: '' | '2' | '3'; share: number; axis: PlotlyAxis }[] = [
    { key: '', share: 2, axis: { title: { text: 'loss (nats)' }, rangemode: 'tozero', nticks: 6 } },
    ...(accuracy
      ? [
          {
            key: '2' as const,
            share: 2,
            axis: { title: { text: 'accuracy (%)' }, range: [0, 100] as const, dtick: 25 },
          },
        ]
      : []),
    ...(history.learningRate
      ? [
          {
            key: '3' as const,
            share: 1,
            axis: { title: { text: 'learning<br>rate' }, type: 'log' as const, nticks: 3 },
          },
        ]
      : []),
  ];
  const gap = 0.06;
  const unit = (1 - gap * (shown.length - 1)) / shown.reduce((sum, { share }) => sum + share, 0);
  const axes: PlotlyLayout = {};
  let top = 1;
  for (const { key, share, axis } of shown) {
    axes[`yaxis${key}`] = { ...axis, domain: [Math.max(top - share * unit, 0), top] };
    top -= share * unit + gap;
  }
  return {
    axes,
    lowest: `y${shown[shown.length - 1].key}`,
    height: 160 + 90 * shown.reduce((sum, { share }) => sum + share, 0),
  };
}

/** The essential numbers of a training: its length, its end, its best epoch. */
function describeTraining(history: TrainingCurvesHistory, epochs: number, best: number): string[] {
  const at = (epoch: number): string => {
    const parts = [`loss ${history.loss[epoch - 1].toFixed(3)}`];
    const more: [string, ArrayLike<number> | undefined, boolean][] = [
      ['validation loss', history.valLoss, false],
      ['accuracy', history.accuracy, true],
      ['validation accuracy', history.valAccuracy, true],
    ];
    for (const [name, values, percent] of more) {
      if (values !== undefined && values.length >= epoch) {
        const value = values[epoch - 1];
        parts.push(`${name} ${percent ? `${(value * 100).toFixed(1)} %` : value.toFixed(3)}`);
      }
    }
    return parts.join(', ');
  };
  return [
    `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}.`,
    ...(best > 0 ? [`Best, epoch ${best}: ${at(best)}.`] : []),
    ...(best !== epochs ? [`Last, epoch ${epochs}: ${at(epochs)}.`] : []),
  ];
}
