/** The picture of a clip's sound pressure. */
import type { Signal } from '../../audio/signal';
import type { Figure, FigureOptions, PlotlyShape, PlotlyTrace, Point } from '../bundle';
import { OKABE_ITO } from '../colours';
import { extent, lineTrace, rounded, toFigure } from '../figure';

/** Options of `waveform`. */
export interface WaveformOptions extends FigureOptions {
  /** Part of the signal to shade, in seconds, such as what the model reads. */
  selection?: { start: number; end: number };
}

const SELECTION = { fillcolor: OKABE_ITO.orange, opacity: 0.2, line: { width: 0 }, layer: 'below' } as const;

/**
 * A signal as at most `points` values that keep every peak: in each stretch its minimum and maximum, in their order.
 *
 * @param sampleRate samples per second
 * @param points even, at least 2
 * @returns the points, and the seconds from one to the next
 * @example envelope(new Float32Array(44_100), 22_050).values.length // 4000
 */
export function envelope(
  samples: ArrayLike<number>,
  sampleRate: number,
  points = 4000,
): { step: number; values: Point[] } {
  if (samples.length <= points) {
    return { step: 1 / sampleRate, values: Array.from(samples, (value) => rounded(value)) };
  }
  const buckets = points / 2;
  const width = samples.length / buckets;
  const values: Point[] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = Math.floor(bucket * width);
    const end = Math.floor((bucket + 1) * width);
    let lowest = start;
    let highest = start;
    for (let i = start + 1; i < end; i++) {
      // "Not above" instead of "below", so that a first value which is no number is replaced.
      lowest = !(samples[i] >= samples[lowest]) && Number.isFinite(samples[i]) ? i : lowest;
      highest = !(samples[i] <= samples[highest]) && Number.isFinite(samples[i]) ? i : highest;
    }
    values.push(rounded(samples[Math.min(lowest, highest)]), rounded(samples[Math.max(lowest, highest)]));
  }
  return { step: width / 2 / sampleRate, values };
}

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
 * @example show(waveform(await loadAudio('voice.wav'), { title: 'My voice' }))
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
