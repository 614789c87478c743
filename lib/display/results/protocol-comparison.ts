/** Figure that compares evaluation protocols. */
import type { Interval } from '../../evaluation/bootstrap';
import { percent } from '../../evaluation/reports/report';
import type { Figure, FigureOptions } from '../bundle';
import { INK, OKABE_ITO } from '../colours';
import { rounded } from '../envelope';
import { plainText, toFigure } from '../figure';
import type { PlotlyTrace } from '../plotly';

/** A range, such as the result of `bootstrapByActor`; fractions from 0 to 1. */
type Bounds = Pick<Interval, 'low' | 'high'>;

/** One protocol with its results; fractions from 0 to 1. */
export interface ProtocolResult {
  /** Such as "by actor" or "original: augmented, then split". */
  protocol: string;
  accuracy: number;
  /** Unweighted average recall. */
  uar: number;
  accuracyInterval?: Bounds;
  uarInterval?: Bounds;
}

/** Options of `protocolComparison`. */
export interface ProtocolComparisonOptions extends FigureOptions {
  /** Chance level; default one in eight. */
  chance?: number;
  /** A reference range, such as human accuracy; fractions from 0 to 1. */
  reference?: Bounds & { name: string };
  /** Words for the error bars; default "95 % interval". */
  intervalName?: string;
}

/**
 * Accuracy and unweighted average recall of each protocol as bars, with intervals where they are given, and a line at
 * chance.
 *
 * @throws RangeError if there is no protocol, or an interval does not hold its value
 */
export function protocolComparison(
  results: readonly ProtocolResult[],
  options: ProtocolComparisonOptions = {},
): Figure {
  if (results.length === 0) {
    throw new RangeError('protocolComparison: at least one protocol is needed, got none');
  }
  const chance = options.chance ?? 1 / 8;
  const intervalName = options.intervalName ?? '95 % interval';
  const { reference } = options;
  const bars = (
    name: string,
    colour: string,
    measure: (result: ProtocolResult) => { value: number; interval?: Bounds },
  ): PlotlyTrace => {
    const measures = results.map(measure);
    for (const [i, { value, interval }] of measures.entries()) {
      if (interval && !(interval.low <= value && value <= interval.high)) {
        throw new RangeError(
          `protocolComparison: the interval of "${results[i].protocol}" must hold ${value}, got ${interval.low} to ${interval.high}`,
        );
      }
    }
    const hasIntervals = measures.some(({ interval }) => interval !== undefined);
    const error_y = {
      type: 'data',
      symmetric: false,
      array: measures.map(({ value, interval }) => (interval ? (interval.high - value) * 100 : 0)),
      arrayminus: measures.map(({ value, interval }) => (interval ? (value - interval.low) * 100 : 0)),
      color: INK.outline,
      thickness: 1.5,
      width: 6,
    } as const;
    return {
      type: 'bar',
      name,
      x: results.map((result) => plainText(result.protocol)),
      y: measures.map(({ value }) => rounded(value * 100)),
      text: measures.map(({ value }) => percent(value)),
      textposition: 'auto',
      insidetextanchor: 'start', // at the foot of the bar, where error bars do not cross it
      textangle: 0,
      marker: {
        color: colour,
        line: { color: INK.outline, width: 1 },
      },
      ...(hasIntervals ? { error_y } : {}),
      hovertemplate: `%{x}: %{y:.1f} %<extra>${name}</extra>`,
    };
  };
  const interval = (range: Bounds | undefined): string =>
    range ? ` (${intervalName} ${percent(range.low)} to ${percent(range.high)})` : '';
  return toFigure(options, {
    defaultTitle: 'Protocols compared',
    data: [
      bars('accuracy', OKABE_ITO.blue, (result) => ({
        value: result.accuracy,
        interval: result.accuracyInterval,
      })),
      bars('unweighted average recall', OKABE_ITO.orange, (result) => ({
        value: result.uar,
        interval: result.uarInterval,
      })),
    ],
    layout: {
      barmode: 'group',
      xaxis: { title: { text: 'protocol' }, type: 'category' },
      yaxis: {
        title: { text: 'share of clips (%)' },
        range: [0, 105],
        tickvals: [0, 25, 50, 75, 100],
        tickmode: 'array',
      },
      shapes: [
        ...(reference
          ? [
              {
                type: 'rect' as const,
                x0: 0,
                x1: 1,
                xref: 'paper',
                y0: reference.low * 100,
                y1: reference.high * 100,
                fillcolor: OKABE_ITO.green,
                opacity: 0.5,
                line: { width: 0 },
              },
            ]
          : []),
        {
          type: 'line',
          x0: 0,
          x1: 1,
          xref: 'paper',
          y0: chance * 100,
          y1: chance * 100,
          line: { color: INK.text, width: 2, dash: 'dash' },
        },
      ],
      annotations: [
        ...(reference
          ? [
              {
                text: plainText(reference.name),
                x: 0,
                xref: 'paper',
                xanchor: 'left' as const,
                y: reference.high * 100,
                yanchor: 'bottom' as const,
                showarrow: false,
                bgcolor: 'rgba(255,255,255,0.8)',
                font: { size: 13, color: INK.text },
              },
            ]
          : []),
        {
          text: `chance ${percent(chance)}`,
          x: 1,
          xref: 'paper',
          xanchor: 'right',
          y: chance * 100,
          yanchor: 'bottom',
          showarrow: false,
          bgcolor: 'rgba(255,255,255,0.8)',
          font: { size: 13, color: INK.text },
        },
      ],
      showlegend: true,
      legend: { orientation: 'h', x: 1, xanchor: 'right', y: 1.02, yanchor: 'bottom' },
      margin: { t: 84 },
    },
    height: 420,
    description: [
      ...results.map(
        (result) =>
          `${result.protocol}: accuracy ${percent(result.accuracy)}${interval(result.accuracyInterval)}, ` +
          `unweighted average recall ${percent(result.uar)}${interval(result.uarInterval)}.`,
      ),
      ...(reference ? [`${reference.name}: ${percent(reference.low)} to ${percent(reference.high)}.`] : []),
      `Chance: ${percent(chance)}.`,
    ],
  });
}
