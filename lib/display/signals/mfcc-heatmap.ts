/** The picture of what the emotion model reads: cepstral coefficients, frame by frame. */
import { AUDIO, SPECTRUM } from '../../config';
import { quantiles } from '../../evaluation/statistics';
import type { FeatureMatrix } from '../../features/mel/mfcc';
import type { Figure, FigureOptions } from '../bundle';
import { OKABE_ITO } from '../colours';
import { extent, rounded } from '../envelope';
import { colourBar, lineTrace, toFigure } from '../figure';

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
  const [lowest, highest] = extent(z.flat().map((value) => value ?? Number.NaN));
  // A few frames of coefficient 1 would otherwise take most of the colours.
  const scale = quantiles(
    z.flat().filter((value) => value !== null),
    [0.02, 0.98],
  );
  const [quietest, loudest] = extent(loudness.map((value) => value ?? Number.NaN));
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
