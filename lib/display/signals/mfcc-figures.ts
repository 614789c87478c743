/** Pictures of MFCCs: those of one sound, and those of two programs compared. */
import { AUDIO, SPECTRUM } from '../../config';
import { quantiles } from '../../evaluation/statistics';
import type { FeatureMatrix } from '../../features/mel/mfcc';
import type { Figure, FigureOptions, PlotlyTrace } from '../bundle';
import { INK, OKABE_ITO, SERIES_COLOURS } from '../colours';
import { colourBar, extent, lineTrace, rounded, toFigure } from '../figure';

/** Options of `mfccHeatmap`. */
export interface MfccHeatmapOptions extends FigureOptions {
  /** Seconds between frames; default 23 ms, the method's 512 samples at 22,050 Hz. */
  hop?: number;
}

/**
 * Cepstral coefficients over time. Coefficient 0, the loudness, is ten times as large as the others and has a curve of
 * its own above them; the colours span the middle 96 % of the values.
 *
 * @throws RangeError if there are not frames × coefficients values
 */
export function mfccHeatmap(features: FeatureMatrix, options: MfccHeatmapOptions = {}): Figure {
  const { values, frames, coefficients } = features;
  const { hop = SPECTRUM.hopLength / AUDIO.sampleRate } = options;
  if (frames < 1 || coefficients < 2 || values.length !== frames * coefficients) {
    throw new RangeError(
      `mfccHeatmap: values must have frames × coefficients entries (${frames} × ${coefficients}), got ${values.length}`,
    );
  }
  const frameStep = Math.ceil(frames / 600);
  const shown = Array.from({ length: Math.ceil(frames / frameStep) }, (_, i) => i * frameStep);
  const x = shown.map((frame) => rounded(frame * hop));
  const coefficient = (index: number): (number | null)[] =>
    shown.map((frame) => rounded(values[frame * coefficients + index]));
  const shape = Array.from({ length: coefficients - 1 }, (_, i) => i + 1);
  const z = shape.map(coefficient);
  const loudness = coefficient(0);
  const [lowest, highest] = extent(z.flat());
  // A few frames of coefficient 1 would otherwise take most of the colours.
  const scale = quantiles(
    z.flat().filter((value) => value !== null),
    [0.02, 0.98],
  );
  const [quietest, loudest] = extent(loudness);
  return toFigure(options, {
    defaultTitle: 'Mel-frequency cepstral coefficients',
    data: [
      lineTrace(OKABE_ITO.blue, {
        x,
        y: loudness,
        xaxis: 'x',
        yaxis: 'y2',
        hovertemplate: '%{x:.2f} s: %{y:.1f}<extra>coefficient 0</extra>',
        showlegend: false,
      }),
      {
        type: 'heatmap',
        x,
        y: shape,
        z,
        zmin: scale[0],
        zmax: scale[1],
        colorscale: 'Viridis',
        hovertemplate: '%{x:.2f} s, coefficient %{y}: %{z:.1f}<extra></extra>',
        colorbar: { ...colourBar('coefficient value'), len: 0.64, y: 0, yanchor: 'bottom' },
      },
    ],
    layout: {
      xaxis: { title: { text: 'time (s)' }, anchor: 'y' },
      yaxis: { title: { text: 'coefficient' }, domain: [0, 0.64], dtick: coefficients > 25 ? 5 : 3 },
      yaxis2: { title: { text: 'coefficient 0' }, domain: [0.7, 1], nticks: 4 },
    },
    height: 460,
    description: [
      `${frames} frames × ${coefficients} coefficients.`,
      `Coefficient 0 (loudness) from ${quietest.toFixed(1)} to ${loudest.toFixed(1)}, ` +
        `the others from ${lowest.toFixed(1)} to ${highest.toFixed(1)}.`,
    ],
  });
}

/** Options of `mfccAgreement`. */
export interface MfccAgreementOptions extends FigureOptions {
  /** Seconds between frames; default 23 ms, the method's 512 samples at 22,050 Hz. */
  hop?: number;
}

/** Coefficients drawn as curves. */
const DRAWN = [1, 2, 3];

/** Differences are drawn from here up: below it a logarithmic axis would only show rounding. */
const LEAST = 1e-6;

/**
 * Some coefficients over time, librosa's as broad bands and ours as thin lines on them, and below them the
 * largest difference of all coefficients in each frame, on a logarithmic scale.
 *
 * @throws RangeError if the matrices differ in shape, or have fewer than four coefficients
 */
export function mfccAgreement(ours: FeatureMatrix, theirs: FeatureMatrix, options: MfccAgreementOptions = {}): Figure {
  const { hop = SPECTRUM.hopLength / AUDIO.sampleRate } = options;
  const shapes = [ours, theirs].map((matrix) => `${matrix.frames} × ${matrix.coefficients}`);
  if (shapes[0] !== shapes[1]) {
    throw new RangeError(`mfccAgreement: matrices must have one shape, got ${shapes.join(' and ')}`);
  }
  if (ours.coefficients < 4) {
    throw new RangeError(`mfccAgreement: matrices must have at least 4 coefficients, got ${ours.coefficients}`);
  }
  const x = Array.from({ length: ours.frames }, (_, frame) => rounded(frame * hop));
  const curve = ({ values, coefficients: columns }: FeatureMatrix, k: number): PlotlyTrace['y'] =>
    x.map((_, frame) => rounded(values[frame * columns + k], 6));
  const differences = x.map((_, frame) => largestInFrame(ours, theirs, frame));
  const largest = differences.reduce((most, difference) => Math.max(most, difference), 0);
  const curves = DRAWN.flatMap((k, i): PlotlyTrace[] => {
    const hovertemplate = `%{x:.2f} s: %{y:.4f}<extra>coefficient ${k}</extra>`;
    const shared = { x, legendgroup: `${k}`, hovertemplate };
    const band = `${SERIES_COLOURS[i]}70`; // a light version
    return [
      lineTrace(band, { ...shared, y: curve(theirs, k), name: `librosa, coefficient ${k}`, line: { width: 9 } }),
      lineTrace(INK.text, { ...shared, y: curve(ours, k), name: `ours, coefficient ${k}`, line: { width: 1.5 } }),
    ];
  });
  return toFigure(options, {
    defaultTitle: 'MFCCs, ours and those of librosa',
    data: [
      ...curves,
      {
        type: 'bar',
        x,
        y: differences.map((difference) => rounded(Math.max(LEAST, difference), 3)),
        yaxis: 'y2',
        marker: { color: OKABE_ITO.blue },
        name: 'largest difference',
        hovertemplate: '%{x:.2f} s: %{y:.1e}<extra>largest difference</extra>',
        showlegend: false,
      },
    ],
    layout: {
      xaxis: { title: { text: 'time (s)' }, anchor: 'y2' },
      yaxis: { title: { text: 'coefficient value' }, domain: [0.42, 1] },
      yaxis2: {
        title: { text: 'largest difference' },
        domain: [0, 0.32],
        type: 'log',
        range: [Math.log10(LEAST), Math.max(-2, Math.ceil(Math.log10(largest)))],
        exponentformat: 'power',
        dtick: 1,
      },
      bargap: 0.2,
      legend: { orientation: 'h', x: 0, xanchor: 'left', y: 1, yanchor: 'bottom' },
      margin: { t: 110 },
    },
    height: 560,
    description: [
      `${ours.frames} frames × ${ours.coefficients} coefficients.`,
      `Largest difference: ${largest.toExponential(1)}, where values go up to ${largestValue(theirs).toFixed(0)}.`,
    ],
  });
}

function largestInFrame(ours: FeatureMatrix, theirs: FeatureMatrix, frame: number): number {
  let largest = 0;
  for (let i = frame * ours.coefficients; i < (frame + 1) * ours.coefficients; i++) {
    largest = Math.max(largest, Math.abs(ours.values[i] - theirs.values[i]));
  }
  return largest;
}

function largestValue({ values }: FeatureMatrix): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}
