/** Figure that compares evaluation protocols. */
import type { Interval } from '../../evaluation/bootstrap';
import { percent } from '../../evaluation/reports/report';
import type { Figure, FigureOptions, PlotlyAnnotation, PlotlyShape, PlotlyTrace } from '../bundle';
import { INK, OKABE_ITO } from '../colours';
import { annotation, guideLine, LEGEND_ABOVE, ON_DATA, OUTLINE, plainText, rounded, toFigure } from '../figure';

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
  accuracyInterval: Bounds;
  uarInterval: Bounds;
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
 * Accuracy and unweighted average recall of each protocol as bars, with their intervals, and a line at chance.
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
      shapes: [...(reference ? [band(reference)] : []), guideLine('y', CHANCE * 100, INK.text, 'dash')],
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
          const { low, high } = result[interval];
          return `${name} ${percent(result[value])} (95 % interval ${percent(low)} to ${percent(high)})`;
        });
        return `${result.protocol}: ${scores.join(', ')}.`;
      }),
      ...(reference ? [`${reference.name}: ${percent(reference.low)} to ${percent(reference.high)}.`] : []),
      `Chance: ${percent(CHANCE)}.`,
    ],
  });
}

/** The bars of one measure, with their error bars. */
function bars(
  results: readonly ProtocolResult[],
  { name, colour, value, interval }: (typeof MEASURES)[number],
): PlotlyTrace {
  for (const {
    protocol,
    [value]: score,
    [interval]: { low, high },
  } of results) {
    if (!(low <= score && score <= high)) {
      throw new RangeError(
        `protocolComparison: the interval of "${protocol}" must hold ${score}, got ${low} to ${high}`,
      );
    }
  }
  return {
    type: 'bar',
    name,
    x: results.map(({ protocol }) => plainText(protocol)),
    y: results.map((result) => rounded(result[value] * 100)),
    text: results.map((result) => percent(result[value])),
    textposition: 'auto',
    insidetextanchor: 'start', // at the foot of the bar, where error bars do not cross it
    textangle: 0,
    marker: { color: colour, line: OUTLINE },
    error_y: {
      type: 'data',
      symmetric: false,
      array: results.map((result) => (result[interval].high - result[value]) * 100),
      arrayminus: results.map((result) => (result[value] - result[interval].low) * 100),
      color: INK.outline,
      thickness: 1.5,
      width: 6,
    },
    hovertemplate: `%{x}: %{y:.1f} %<extra>${name}</extra>`,
  };
}

/** A range over the whole width. */
function band({ low, high }: Bounds): PlotlyShape {
  const place = { x0: 0, x1: 1, xref: 'paper', y0: low * 100, y1: high * 100 } as const;
  return { type: 'rect', ...place, fillcolor: OKABE_ITO.green, opacity: 0.5, line: { width: 0 } };
}

/** A text above a level, at the left (0) or right (1) end. */
function aboveLine(text: string, level: number, x: 0 | 1): PlotlyAnnotation {
  const xanchor = x === 0 ? 'left' : 'right';
  return annotation(text, { x, xref: 'paper', xanchor, y: level * 100, yanchor: 'bottom', ...ON_DATA });
}
