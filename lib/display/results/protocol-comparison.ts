/** Figure that compares evaluation protocols. */
import type { Interval } from '../../evaluation/bootstrap';
import { percent } from '../../evaluation/reports/report';
import type { Figure, FigureOptions } from '../bundle';
import { INK, OKABE_ITO } from '../colours';
import { rounded } from '../envelope';
import { annotation, LEGEND_ABOVE, ON_DATA, OUTLINE, plainText, toFigure } from '../figure';
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
  /** 95 % intervals. */
  accuracyInterval?: Bounds;
  uarInterval?: Bounds;
}

/** Options of `protocolComparison`. */
export interface ProtocolComparisonOptions extends FigureOptions {
  /** A reference range, such as human accuracy; fractions from 0 to 1. */
  reference?: Bounds & { name: string };
}

/** Chance level: one of eight emotions. */
const CHANCE = 1 / 8;

const MEASURES = [
  { name: 'accuracy', colour: OKABE_ITO.blue, value: 'accuracy', interval: 'accuracyInterval' },
  { name: 'unweighted average recall', colour: OKABE_ITO.orange, value: 'uar', interval: 'uarInterval' },
] as const;

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
  const { reference } = options;
  const across = { x0: 0, x1: 1, xref: 'paper' } as const;
  return toFigure(options, {
    defaultTitle: 'Protocols compared',
    data: MEASURES.map((measure) => bars(results, measure)),
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
                ...across,
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
          ...across,
          y0: CHANCE * 100,
          y1: CHANCE * 100,
          line: { color: INK.text, width: 2, dash: 'dash' },
        },
      ],
      annotations: [
        ...(reference ? [aboveLine(reference.name, reference.high, 0)] : []),
        aboveLine(`chance ${percent(CHANCE)}`, CHANCE, 1),
      ],
      ...LEGEND_ABOVE,
    },
    height: 420,
    description: [
      ...results.map((result) => {
        const scores = MEASURES.map(({ name, value, interval }) => {
          const range = result[interval];
          const words = range ? ` (95 % interval ${percent(range.low)} to ${percent(range.high)})` : '';
          return `${name} ${percent(result[value])}${words}`;
        });
        return `${result.protocol}: ${scores.join(', ')}.`;
      }),
      ...(reference ? [`${reference.name}: ${percent(reference.low)} to ${percent(reference.high)}.`] : []),
      `Chance: ${percent(CHANCE)}.`,
    ],
  });
}

/** The bars of one measure, with error bars if any protocol has an interval. */
function bars(results: readonly ProtocolResult[], measure: (typeof MEASURES)[number]): PlotlyTrace {
  const measures = results.map((result) => ({
    protocol: result.protocol,
    value: result[measure.value],
    interval: result[measure.interval],
  }));
  for (const { protocol, value, interval } of measures) {
    if (interval && !(interval.low <= value && value <= interval.high)) {
      throw new RangeError(
        `protocolComparison: the interval of "${protocol}" must hold ${value}, got ${interval.low} to ${interval.high}`,
      );
    }
  }
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
    name: measure.name,
    x: measures.map(({ protocol }) => plainText(protocol)),
    y: measures.map(({ value }) => rounded(value * 100)),
    text: measures.map(({ value }) => percent(value)),
    textposition: 'auto',
    insidetextanchor: 'start', // at the foot of the bar, where error bars do not cross it
    textangle: 0,
    marker: { color: measure.colour, line: OUTLINE },
    ...(measures.some(({ interval }) => interval) ? { error_y } : {}),
    hovertemplate: `%{x}: %{y:.1f} %<extra>${measure.name}</extra>`,
  };
}

/** A text above a level, at the left (0) or right (1) end. */
function aboveLine(text: string, level: number, x: 0 | 1): ReturnType<typeof annotation> {
  const xanchor = x === 0 ? 'left' : 'right';
  return annotation(text, { x, xref: 'paper', xanchor, y: level * 100, yanchor: 'bottom', ...ON_DATA });
}
