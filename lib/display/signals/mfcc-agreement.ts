/** Figure that compares the MFCCs of one sound from two programs. */
import { AUDIO, SPECTRUM } from '../../config';
import type { FeatureMatrix } from '../../features/mel/mfcc';
import type { Figure, FigureOptions } from '../bundle';
import { INK, OKABE_ITO, SERIES_COLOURS } from '../colours';
import { rounded } from '../envelope';
import { plainText, toFigure } from '../figure';
import type { PlotlyTrace } from '../plotly';

/** Options of `mfccAgreement`. */
export interface MfccAgreementOptions extends FigureOptions {
  /** Source of the second matrix; default "librosa". */
  reference?: string;
  /** Seconds between frames; default 23 ms, the method's 512 samples at 22,050 Hz. */
  hop?: number;
  /** Coefficients drawn as curves; default 1, 2 and 3. */
  coefficients?: readonly number[];
}

/** Differences are drawn from here up: below it a logarithmic axis would only show rounding. */
const LEAST = 1e-6;

/**
 * Some coefficients over time, the reference's as broad bands and ours as thin lines on them, and below them the
 * largest difference of all coefficients in each frame, on a logarithmic scale.
 *
 * @throws RangeError if the matrices differ in shape, or lack a requested coefficient
 */
export function mfccAgreement(ours: FeatureMatrix, theirs: FeatureMatrix, options: MfccAgreementOptions = {}): Figure {
  const { reference = 'librosa', hop = SPECTRUM.hopLength / AUDIO.sampleRate, coefficients = [1, 2, 3] } = options;
  const shapes = [ours, theirs].map((matrix) => `${matrix.frames} × ${matrix.coefficients}`);
  if (shapes[0] !== shapes[1]) {
    throw new RangeError(`mfccAgreement: matrices must have one shape, got ${shapes.join(' and ')}`);
  }
  const missing = coefficients.find((k) => !(Number.isInteger(k) && k >= 0 && k < ours.coefficients));
  if (missing !== undefined) {
    throw new RangeError(`mfccAgreement: coefficients must be 0 to ${ours.coefficients - 1}, got ${missing}`);
  }
  const x = Array.from({ length: ours.frames }, (_, frame) => rounded(frame * hop));
  const curve = ({ values, coefficients: columns }: FeatureMatrix, k: number): PlotlyTrace['y'] =>
    x.map((_, frame) => rounded(values[frame * columns + k], 6));
  const differences = x.map((_, frame) => largestInFrame(ours, theirs, frame));
  const largest = differences.reduce((most, difference) => Math.max(most, difference), 0);
  const curves = coefficients.flatMap((k, i): PlotlyTrace[] => {
    const line = { type: 'scatter', mode: 'lines', x, legendgroup: `${k}` } as const;
    const hovertemplate = `%{x:.2f} s: %{y:.4f}<extra>coefficient ${k}</extra>`;
    const band = { color: BANDS[i % BANDS.length], width: 9 };
    return [
      { ...line, y: curve(theirs, k), name: `${plainText(reference)}, coefficient ${k}`, line: band, hovertemplate },
      {
        ...line,
        y: curve(ours, k),
        name: `ours, coefficient ${k}`,
        line: { color: INK.text, width: 1.5 },
        hovertemplate,
      },
    ];
  });
  return toFigure(options, {
    defaultTitle: `MFCCs, ours and those of ${reference}`,
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

/** Light versions of the series' colours. */
const BANDS = SERIES_COLOURS.map((colour) => `${colour}70`);

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
