/** Figure of an occlusion map: importance in colour over the clip's spectrogram in grey. */
import { percent } from '../../evaluation/reports/report';
import type { Explanation } from '../../inference/occlusion';
import type { Figure, FigureOptions } from '../bundle';
import { colourBar, extent, rounded, toFigure } from '../figure';
import { frequencyAxis, spectrogramTrace, withMelAxes } from '../signals/spectrogram';

/** Blue: opposes the emotion; orange: supports it; transparent near 0, so that the spectrogram shows. */
const WEIGHTS = [
  [0, 'rgba(0,114,178,0.85)'],
  [0.5, 'rgba(255,255,255,0)'],
  [1, 'rgba(230,159,0,0.85)'],
] as const;
const GREYS = [
  [0, '#FFFFFF'],
  [1, '#303030'],
] as const;

/**
 * Importance of moments and frequencies for a prediction, over the clip's spectrogram: orange supports the emotion, blue
 * opposes it. Show it beside a player of `result.clip`.
 *
 * @example
 * const why = await predictor.explain(file);
 * show(explanation(why), player(why.clip));
 */
export function explanation(result: Explanation, options: FigureOptions = {}): Figure {
  const { emotion, probability, clip, decibels, importance } = result;
  const sound = withMelAxes(decibels, clip.sampleRate);
  const { frequencies, times } = sound;
  const points = importance.values.map((value) => 100 * value);
  const [lowest, highest] = extent(points);
  const most = Math.max(0.01, -lowest, highest);
  const z = Array.from(frequencies, (_, band) =>
    Array.from(times, (_, frame) => rounded(points[frame * importance.coefficients + band], 3)),
  );
  const background = spectrogramTrace(sound, extent(sound.decibels));
  return toFigure(options, {
    defaultTitle: `Importance for “${emotion}”`,
    data: [
      { ...background, colorscale: GREYS, hoverongaps: false },
      {
        type: 'heatmap',
        x: Array.from(times, (value) => rounded(value)),
        y: Array.from(frequencies, (value) => rounded(value, 5)),
        z,
        zmin: -most,
        zmax: most,
        colorscale: WEIGHTS,
        hovertemplate: '%{x:.2f} s, %{y:.0f} Hz: %{z:.1f} points<extra></extra>',
        colorbar: colourBar('importance (percentage points)'),
      },
    ],
    layout: {
      xaxis: { title: { text: 'time (s)' } },
      yaxis: frequencyAxis(frequencies),
    },
    height: 400,
    description: [
      `Predicted: ${emotion}, ${percent(probability)}. Removing a part of the sound lowers this by up to ` +
        `${highest.toFixed(1)} points, or raises it by up to ${Math.max(0, -lowest).toFixed(1)}.`,
      `Most important moments: ${strongest(meansOver(points, importance, 'time'), times, 'time')}.`,
      momentsAlone(importance)
        ? 'The importance is the same at all frequencies: whole moments were silenced.'
        : `Most important frequencies: ${strongest(meansOver(points, importance, 'frequency'), frequencies, 'frequency')}.`,
    ],
  });
}

/** True if every frame has the same importance at all frequencies. */
function momentsAlone({ values, coefficients }: Explanation['importance']): boolean {
  return values.every((value, at) => value === values[at - (at % coefficients)]);
}

/** Mean importance of each frame, or of each band. */
function meansOver(
  points: Float32Array,
  { frames, coefficients }: Explanation['importance'],
  along: 'time' | 'frequency',
): number[] {
  const means = new Array<number>(along === 'time' ? frames : coefficients).fill(0);
  points.forEach((value, at) => {
    means[along === 'time' ? Math.floor(at / coefficients) : at % coefficients] += value;
  });
  return means;
}

/** The range around the highest mean where it stays above half of it, in words. */
function strongest(means: readonly number[], places: ArrayLike<number>, along: 'time' | 'frequency'): string {
  const top = means.indexOf(extent(means)[1]);
  if (means[top] <= 0) return 'none';
  let [first, last] = [top, top];
  while (first > 0 && means[first - 1] > means[top] / 2) first--;
  while (last < means.length - 1 && means[last + 1] > means[top] / 2) last++;
  return along === 'time'
    ? `${places[first].toFixed(1)} to ${places[last].toFixed(1)} s`
    : `${Math.round(places[first])} to ${Math.round(places[last])} Hz`;
}
