/** Pictures of what probabilities mean, and of what is gained by answering only when sure. */
import type { CoveragePoint } from '../../evaluation/calibration/abstention';
import type { ReliabilityBin } from '../../evaluation/calibration/calibration';
import { percent } from '../../evaluation/reports/report';
import type { Figure, FigureOptions, PlotlyTrace } from '../bundle';
import { INK, OKABE_ITO } from '../colours';
import { LEGEND_BELOW, lineTrace, plainText, rounded, toFigure } from '../figure';

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

/**
 * Reliability diagram: accuracy of predictions (y) against their probability (x). On the diagonal, probabilities are
 * calibrated; below it, the model is overconfident.
 *
 * @param curves one or two, of the same clips
 * @throws RangeError if there is no curve, or one has no clips
 */
export function reliabilityDiagram(curves: readonly ReliabilityCurve[], options: FigureOptions = {}): Figure {
  if (curves.length < 1 || curves.length > CURVES.length) {
    throw new RangeError(`reliabilityDiagram: there must be one or two curves, got ${curves.length}`);
  }
  const filled = curves.map((curve) => ({ ...curve, bins: curve.bins.filter(({ clips }) => clips > 0) }));
  const empty = filled.find(({ bins }) => bins.length === 0);
  if (empty) throw new RangeError(`reliabilityDiagram: "${empty.name}" must have clips, got none`);
  const traces = filled.map(({ name, bins, ece }, index): PlotlyTrace => {
    const { color, dash, symbol } = CURVES[index];
    return lineTrace(color, {
      mode: 'lines+markers',
      name: plainText(`${name}: error ${percent(ece)}`),
      x: bins.map(({ confidence }) => rounded(100 * confidence)),
      y: bins.map(({ accuracy }) => rounded(100 * accuracy)),
      customdata: bins.map(({ clips }) => [clips]),
      line: { dash },
      marker: { color, size: 8, symbol },
      hovertemplate: `probability %{x:.1f} %, accuracy %{y:.1f} % of %{customdata[0]} clips<extra>${plainText(name)}</extra>`,
    });
  });
  const diagonal = lineTrace(INK.secondary, {
    name: 'perfect calibration',
    x: [0, 100],
    y: [0, 100],
    line: { width: 1.5, dash: 'dot' },
    hovertemplate: '<extra></extra>',
  });
  const axis = { range: [0, 100], dtick: 20 };
  return toFigure(options, {
    defaultTitle: 'Reliability',
    data: [diagonal, ...traces],
    layout: {
      xaxis: { ...axis, title: { text: 'probability of the prediction (%)' } },
      yaxis: { ...axis, title: { text: 'accuracy (%)' } },
      ...LEGEND_BELOW,
    },
    height: 460,
    description: filled.map(({ name, bins, ece }) => {
      const points = bins.map(
        ({ confidence, accuracy, clips }) =>
          `probability ${percent(confidence)}, accuracy ${percent(accuracy)} (${clips})`,
      );
      return `${name}: expected calibration error ${percent(ece)}; ${points.join(', ')}`;
    }),
  });
}

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
