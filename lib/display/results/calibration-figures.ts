/** Pictures of what probabilities mean, and of what is gained by answering only when sure. */
import type { Interval } from '../../evaluation/bootstrap';
import type { CoveragePoint } from '../../evaluation/calibration/abstention';
import type { ReliabilityBin } from '../../evaluation/calibration/calibration';
import { percent, range } from '../../evaluation/reports/report';
import { wilsonInterval } from '../../evaluation/wilson';
import type { Figure, FigureOptions, PlotlyTrace } from '../bundle';
import { INK, OKABE_ITO } from '../colours';
import { LEGEND_BELOW, LEGEND_LISTED, lineTrace, plainText, rounded, stackedDomains, toFigure } from '../figure';

/** One line of a reliability diagram. */
export interface ReliabilityCurve {
  /** Such as `as the model gives them`. */
  name: string;
  bins: readonly ReliabilityBin[];
  /** Expected calibration error, from 0 to 1. */
  ece: number;
}

const CURVES = [
  { color: OKABE_ITO.vermillion, dash: 'dash', symbol: 'circle' },
  { color: OKABE_ITO.blue, dash: 'solid', symbol: 'square' },
] as const;

/** Clips of the smallest bin that is drawn: the accuracy of fewer is mostly chance. */
const LEAST_CLIPS = 5;

/** Per cent; room at both ends, so that no marker is cut off. */
const WHOLE_RANGE = [-3, 103];

/**
 * Reliability diagram: accuracy of predictions (y) against their probability (x), with 95 % Wilson intervals, above the
 * number of clips in each bin. On the diagonal, probabilities are calibrated; below it, the model is overconfident. Bins
 * of fewer than 5 clips are only counted.
 *
 * @param curves one or two, of the same clips
 * @throws RangeError if there is no curve, or one has no clips
 */
export function reliabilityDiagram(curves: readonly ReliabilityCurve[], options: FigureOptions = {}): Figure {
  if (curves.length < 1 || curves.length > CURVES.length) {
    throw new RangeError(`reliabilityDiagram: there must be one or two curves, got ${curves.length}`);
  }
  const empty = curves.find(({ bins }) => bins.every(({ clips }) => clips === 0));
  if (empty) throw new RangeError(`reliabilityDiagram: "${empty.name}" must have clips, got none`);
  const drawn = curves.map((curve) => ({ ...curve, bins: curve.bins.filter(({ clips }) => clips >= LEAST_CLIPS) }));
  const [upper, lower] = stackedDomains([3, 1], 0.08);
  const ticks = { range: WHOLE_RANGE, tick0: 0, dtick: 20 };
  return toFigure(options, {
    defaultTitle: 'Reliability',
    data: [DIAGONAL, ...drawn.map(accuracyTrace), ...curves.map(countTrace)],
    layout: {
      xaxis: { ...ticks, title: { text: 'probability of the prediction (%)' }, anchor: 'y2' },
      yaxis: { ...ticks, title: { text: 'accuracy (%)' }, domain: upper },
      yaxis2: { title: { text: 'clips' }, domain: lower, rangemode: 'tozero', nticks: 4 },
      bargap: 0.2,
      ...LEGEND_LISTED,
    },
    height: 560,
    note: `95 % Wilson intervals; bins of ≥ ${LEAST_CLIPS} clips`,
    description: drawn.map(({ name, bins, ece }, index) => {
      const points = bins.map((bin) => {
        const { confidence, accuracy, clips } = bin;
        return `probability ${percent(confidence)}, accuracy ${percent(accuracy)} (${range(intervalOf(bin))}, ${clips} clips)`;
      });
      const all = clipsIn(curves[index].bins);
      const left = all - clipsIn(bins);
      const rest = left > 0 ? [`${left} of ${all} clips are in bins of fewer than ${LEAST_CLIPS}`] : [];
      return `${name}: expected calibration error ${percent(ece)}; ${[...points, ...rest].join('; ')}`;
    }),
  });
}

const DIAGONAL = lineTrace(INK.secondary, {
  name: 'perfect calibration',
  x: [0, 100],
  y: [0, 100],
  line: { width: 1.5, dash: 'dot' },
  hoverinfo: 'skip',
});

/** Accuracy by bin, with intervals. */
function accuracyTrace({ name, bins, ece }: ReliabilityCurve, index: number): PlotlyTrace {
  const { color, dash, symbol } = CURVES[index];
  const intervals = bins.map(intervalOf);
  return lineTrace(color, {
    mode: 'lines+markers',
    name: plainText(`${name}: error ${percent(ece)}`),
    x: bins.map(({ confidence }) => rounded(100 * confidence)),
    y: bins.map(({ accuracy }) => rounded(100 * accuracy)),
    error_y: {
      ...{ type: 'data', symmetric: false, color, thickness: 1.5, width: 4 },
      array: intervals.map(({ estimate, high }) => 100 * (high - estimate)),
      arrayminus: intervals.map(({ estimate, low }) => 100 * (estimate - low)),
    },
    customdata: bins.map(({ clips }, bin) => [clips, 100 * intervals[bin].low, 100 * intervals[bin].high]),
    line: { dash },
    marker: { color, size: 8, symbol },
    hovertemplate:
      'probability %{x:.1f} %, accuracy %{y:.1f} % (%{customdata[1]:.1f} to %{customdata[2]:.1f} %) ' +
      `of %{customdata[0]} clips<extra>${plainText(name)}</extra>`,
  });
}

/** Number of clips by bin, in the lower panel. */
function countTrace({ name, bins }: ReliabilityCurve, index: number): PlotlyTrace {
  return {
    type: 'bar',
    name: plainText(name),
    yaxis: 'y2',
    x: bins.map(({ low, high }) => rounded(50 * (low + high))),
    y: bins.map(({ clips }) => clips),
    customdata: bins.map(({ low, high }) => [100 * low, 100 * high]),
    marker: { color: CURVES[index].color },
    showlegend: false,
    hovertemplate: `probability %{customdata[0]:.0f} to %{customdata[1]:.0f} %: %{y} clips<extra>${plainText(name)}</extra>`,
  };
}

const intervalOf = ({ accuracy, clips }: ReliabilityBin): Interval =>
  wilsonInterval(Math.round(accuracy * clips), clips);

const clipsIn = (bins: readonly ReliabilityBin[]): number => bins.reduce((sum, { clips }) => sum + clips, 0);

/** Options of `riskCoverageCurve`. */
export interface RiskCoverageOptions extends FigureOptions {
  /** Result with the thresholds chosen on validation clips; fractions from 0 to 1. */
  chosen?: { coverage: number; risk?: number; target: number };
}

const COVERAGE_HOVER = 'coverage %{x:.1f} %, error rate %{y:.1f} %<extra></extra>';

/** Maximum number of points of the curve. */
const MOST_POINTS = 400;

/**
 * Risk-coverage curve: error rate (y) if the model predicts only the share of clips with the highest probability (x).
 *
 * @param points of `riskCoverage`
 * @throws RangeError if there are no points
 */
export function riskCoverageCurve(points: readonly CoveragePoint[], options: RiskCoverageOptions = {}): Figure {
  if (points.length === 0) throw new RangeError('riskCoverageCurve: at least one point is needed, got none');
  const step = Math.max(1, Math.floor(points.length / MOST_POINTS));
  const drawn = points.filter((_, index) => index % step === 0 || index === points.length - 1);
  const { chosen, ...rest } = options;
  const all = points[points.length - 1];
  const marks: PlotlyTrace[] =
    chosen?.risk === undefined
      ? []
      : [
          {
            type: 'scatter',
            mode: 'markers',
            name: `thresholds chosen on validation actors for an error rate of ${percent(chosen.target)}`,
            x: [rounded(100 * chosen.coverage)],
            y: [rounded(100 * chosen.risk)],
            marker: { color: OKABE_ITO.vermillion, size: 13, symbol: 'diamond' },
            hovertemplate: COVERAGE_HOVER,
          },
        ];
  const words =
    chosen && (chosen.risk === undefined ? 'no prediction reaches them' : wordsOf(chosen.coverage, chosen.risk));
  return toFigure(rest, {
    defaultTitle: 'Risk and coverage',
    data: [
      lineTrace(OKABE_ITO.blue, {
        name: 'test clips, highest probability first',
        x: drawn.map(({ coverage }) => rounded(100 * coverage)),
        y: drawn.map(({ risk }) => rounded(100 * risk)),
        hovertemplate: COVERAGE_HOVER,
      }),
      ...marks,
    ],
    layout: {
      xaxis: { title: { text: 'coverage: clips predicted (%)' }, range: [0, 102], dtick: 20 },
      yaxis: { title: { text: 'risk: error rate (%)' }, rangemode: 'tozero' },
      ...LEGEND_BELOW,
    },
    height: 420,
    description: [
      `All clips predicted: error rate ${percent(all.risk)}.`,
      ...(chosen ? [`With the thresholds chosen for an error rate of ${percent(chosen.target)}: ${words}.`] : []),
    ],
  });
}

function wordsOf(coverage: number, risk: number): string {
  return `coverage ${percent(coverage)}, error rate ${percent(risk)}`;
}
