/** Several signals side by side, such as one clip as it is, with noise, and at another pitch. */
import type { Signal } from '../../audio/signal';
import type { Figure, FigureOptions, PlotlyAnnotation, PlotlyAxis, PlotlyLayout, PlotlyTrace } from '../bundle';
import { INK } from '../colours';
import { annotation, colourBar, extent, toFigure } from '../figure';
import { frequencyAxis, type Spectrogram, spectrogramTrace } from './spectrogram';
import { waveformTrace } from './waveform';

/** One column: a spectrogram, with or without a waveform above it. */
export interface ComparisonPanel {
  /** Such as "with noise". */
  title: string;
  signal?: Signal;
  spectrogram: Spectrogram;
}

const GAP = 0.03;

/**
 * Small waveforms and spectrograms side by side, all on the same scales.
 *
 * @throws RangeError unless there are 2 to 6 panels, and all or none have a signal
 */
export function signalComparison(panels: readonly ComparisonPanel[], options: FigureOptions = {}): Figure {
  const count = panels.length;
  if (count < 2 || count > 6) {
    throw new RangeError(`signalComparison: 2 to 6 panels fit side by side, got ${count}`);
  }
  const signals = panels.flatMap(({ signal }) => signal ?? []);
  if (signals.length !== 0 && signals.length !== count) {
    throw new RangeError(
      `signalComparison: all ${count} panels must have a signal or none, got ${signals.length} signals`,
    );
  }
  const peak = Math.max(1e-4, ...signals.flatMap(({ samples }) => extent(samples).map(Math.abs)));
  const duration = Math.max(
    ...signals.map(({ samples, sampleRate }) => samples.length / sampleRate),
    ...panels.map(({ spectrogram: { times } }) => times[times.length - 1]),
  );
  const levels = panels.map(({ spectrogram }) => extent(spectrogram.decibels));
  const range = [Math.min(...levels.map(([low]) => low)), Math.max(...levels.map(([, high]) => high))] as const;
  const rows = signals.length > 0 ? 2 : 1;
  const width = (1 - GAP * (count - 1)) / count;
  const points = Math.floor(4000 / count / 2) * 2; // no more in all than one waveform has

  const data: PlotlyTrace[] = [];
  const annotations: PlotlyAnnotation[] = [];
  const layout: PlotlyLayout = { annotations, margin: { t: 76 } };
  for (const [column, { title, signal, spectrogram }] of panels.entries()) {
    const left = column * (width + GAP);
    const domain = [left, left + width];
    annotations.push(
      annotation(title, {
        x: (domain[0] + domain[1]) / 2,
        xref: 'paper',
        xanchor: 'center',
        y: 1,
        yref: 'paper',
        yanchor: 'bottom',
        yshift: 4,
        font: { size: 14, color: INK.text },
      }),
    );
    const addAxes = (row: number, yaxis: PlotlyAxis): { xaxis: string; yaxis: string } => {
      const number = row * count + column + 1;
      const suffix = number === 1 ? '' : `${number}`;
      const lowest = row === rows - 1;
      layout[`xaxis${suffix}`] = {
        domain,
        anchor: `y${suffix}`,
        range: [0, duration],
        nticks: 4,
        showticklabels: lowest,
        title: { text: lowest ? 'time (s)' : '' },
      };
      layout[`yaxis${suffix}`] = {
        anchor: `x${suffix}`,
        domain: rows === 1 ? [0, 1] : row === 0 ? [0.54, 1] : [0, 0.48],
        showticklabels: column === 0,
        ...yaxis,
        title: column === 0 ? yaxis.title : { text: '' },
      };
      return { xaxis: `x${suffix}`, yaxis: `y${suffix}` };
    };
    if (signal) {
      const axes = addAxes(0, { range: [-1.05 * peak, 1.05 * peak], title: { text: 'amplitude' } });
      data.push(waveformTrace(signal, { ...axes, points }));
    }
    const axes = addAxes(rows - 1, frequencyAxis(spectrogram.frequencies));
    data.push({
      ...spectrogramTrace(spectrogram, range, { ...axes, columns: Math.floor(600 / count) }),
      showscale: column === 0,
      colorbar: { ...colourBar('level (dB)'), len: 1 / rows, y: 0, yanchor: 'bottom' },
    });
  }
  return toFigure(options, {
    defaultTitle: 'Signals compared',
    data,
    layout,
    height: rows === 1 ? 320 : 500,
    description: panels.map(({ title, signal }, i) => {
      const levelsText = `levels ${levels[i].map((level) => level.toFixed(1)).join(' to ')} dB`;
      if (!signal) return `${title}: ${levelsText}.`;
      const { samples, sampleRate } = signal;
      const energy = samples.reduce((sum, value) => sum + value * value, 0);
      const rms = Math.sqrt(energy / Math.max(samples.length, 1));
      return `${title}: ${(samples.length / sampleRate).toFixed(2)} s, RMS ${rms.toFixed(4)}, ${levelsText}.`;
    }),
  });
}
