/** The picture of a clip's sound pressure. */
import type { Signal } from '../../audio/signal';
import type { Figure, FigureOptions } from '../bundle';
import { OKABE_ITO } from '../colours';
import { envelope, extent } from '../envelope';
import { lineTrace, toFigure } from '../figure';
import type { PlotlyShape, PlotlyTrace } from '../plotly';

/** Options of `waveform`. */
export interface WaveformOptions extends FigureOptions {
  /** Part of the signal to shade, in seconds, such as what the model reads. */
  selection?: { start: number; end: number };
}

const SELECTION = { fillcolor: OKABE_ITO.orange, opacity: 0.2, line: { width: 0 }, layer: 'below' } as const;

/** The trace of a waveform, on its own axes where names are given. */
export function waveformTrace(
  signal: Signal,
  axes: { xaxis?: string; yaxis?: string; points?: number } = {},
): PlotlyTrace {
  const { step, values } = envelope(signal.samples, signal.sampleRate, axes.points);
  return lineTrace(OKABE_ITO.blue, {
    x0: 0,
    dx: step,
    y: values,
    line: { width: 1 },
    hovertemplate: '%{x:.3f} s: %{y:.3f}<extra></extra>',
    showlegend: false,
    xaxis: axes.xaxis,
    yaxis: axes.yaxis,
  });
}

/**
 * Sound pressure over time; long signals keep their peaks (at most 4,000 points are drawn).
 *
 * @throws RangeError if the signal is empty, or the selection does not lie within it
 */
export function waveform(signal: Signal, options: WaveformOptions = {}): Figure {
  const duration = signal.samples.length / signal.sampleRate;
  if (signal.samples.length === 0) {
    throw new RangeError('waveform: the signal must have samples, got none');
  }
  const { selection } = options;
  if (selection && !(selection.start >= 0 && selection.start < selection.end)) {
    throw new RangeError(
      `waveform: the selection must start at 0 s or later and before its end, got ${selection.start} to ${selection.end} s`,
    );
  }
  const [lowest, highest] = extent(signal.samples);
  const peak = Math.max(-lowest, highest, 1e-4);
  const shapes: PlotlyShape[] = selection
    ? [{ type: 'rect', x0: selection.start, x1: selection.end, y0: 0, y1: 1, yref: 'paper', ...SELECTION }]
    : [];
  return toFigure(options, {
    defaultTitle: 'Waveform',
    data: [waveformTrace(signal)],
    layout: {
      xaxis: { title: { text: 'time (s)' }, range: [0, Math.max(duration, selection?.end ?? 0)] },
      yaxis: { title: { text: 'amplitude (full scale = 1)' }, range: [-1.05 * peak, 1.05 * peak] },
      shapes,
    },
    height: 300,
    description: [
      `Waveform of ${duration.toFixed(2)} s at ${signal.sampleRate} Hz, from ${lowest.toFixed(3)} to ${highest.toFixed(3)}.`,
      ...(selection ? [`Shaded: ${selection.start.toFixed(2)} to ${selection.end.toFixed(2)} s.`] : []),
    ],
  });
}
