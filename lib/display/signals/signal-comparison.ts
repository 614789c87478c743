/** Several signals side by side, such as one clip as it is, with noise, and at another pitch. */
import type { Signal } from '../../audio/signal';
import type { Figure, FigureOptions } from '../bundle';
import { INK } from '../colours';
import { extent } from '../envelope';
import { plainText, toFigure } from '../figure';
import type { PlotlyAnnotation, PlotlyLayout, PlotlyTrace } from '../plotly';
import { frequencyAxis, type Spectrogram, spectrogramTrace } from './spectrogram';
import { waveformTrace } from './waveform';

/** One column: a waveform, a spectrogram below it, or both. */
export interface ComparisonPanel {
  /** Such as "with noise". */
  title: string;
  signal?: Signal;
  spectrogram?: Spectrogram;
}

const GAP = 0.03;

/**
 * Small waveforms and spectrograms side by side, all on the same scales.
 *
 * @throws RangeError unless there are 2 to 6 panels, and all show the same things
 */
export function signalComparison(panels: readonly ComparisonPanel[], options: FigureOptions = {}): Figure {
  if (panels.length < 2 || panels.length > 6) {
    throw new RangeError(`signalComparison: 2 to 6 panels fit side by side, got ${panels.length}`);
  }
  const signals = panels.flatMap((panel) => panel.signal ?? []);
  const spectrograms = panels.flatMap((panel) => panel.spectrogram ?? []);
  for (const shown of [signals, spectrograms]) {
    if (shown.length !== 0 && shown.length !== panels.length) {
      throw new RangeError(
        `signalComparison: all ${panels.length} panels must have a signal or none, and likewise a spectrogram, ` +
          `got ${signals.length} signals and ${spectrograms.length} spectrograms`,
      );
    }
  }
  if (signals.length + spectrograms.length === 0) {
    throw new RangeError('signalComparison: panels must have a signal or a spectrogram, got neither');
  }
  const peak = Math.max(1e-4, ...signals.flatMap((signal) => extent(signal.samples).map(Math.abs)));
  const duration = Math.max(
    ...signals.map((signal) => signal.samples.length / signal.sampleRate),
    ...spectrograms.map((spectrogram) => spectrogram.times[spectrogram.times.length - 1]),
  );
  const levels = spectrograms.map((spectrogram) => extent(spectrogram.decibels));
  const range = [Math.min(...levels.map(([low]) => low)), Math.max(...levels.map(([, high]) => high))] as const;
  const rows = (signals.length > 0 ? 1 : 0) + (spectrograms.length > 0 ? 1 : 0);
  const width = (1 - GAP * (panels.length - 1)) / panels.length;
  const points = Math.floor(4000 / panels.length / 2) * 2; // no more in all than one waveform has

  const data: PlotlyTrace[] = [];
  const annotations: PlotlyAnnotation[] = [];
  const layout: PlotlyLayout = { annotations, margin: { t: 76 } };
  for (const [column, panel] of panels.entries()) {
    const domain = [column * (width + GAP), column * (width + GAP) + width] as const;
    annotations.push({
      text: plainText(panel.title),
      x: (domain[0] + domain[1]) / 2,
      xref: 'paper',
      xanchor: 'center',
      y: 1,
      yref: 'paper',
      yanchor: 'bottom',
      yshift: 4,
      showarrow: false,
      font: { size: 14, color: INK.text },
    });
    const addAxes = (row: number, lowest: boolean): { xaxis: string; yaxis: string } => {
      const number = row * panels.length + column + 1;
      const suffix = number === 1 ? '' : `${number}`;
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
      };
      return { xaxis: `x${suffix}`, yaxis: `y${suffix}` };
    };
    const leftOnly = (text: string): { text: string } => ({ text: column === 0 ? text : '' });
    if (panel.signal) {
      const axes = addAxes(0, rows === 1);
      data.push(waveformTrace(panel.signal, { ...axes, points }));
      const axis = `yaxis${axes.yaxis.slice(1)}` as const;
      layout[axis] = { ...layout[axis], range: [-1.05 * peak, 1.05 * peak], title: leftOnly('amplitude') };
    }
    if (panel.spectrogram) {
      const axes = addAxes(rows - 1, true);
      const trace = spectrogramTrace(panel.spectrogram, range, { ...axes, columns: Math.floor(600 / panels.length) });
      const colorbar = {
        title: { text: 'level (dB)', side: 'right' as const, font: { size: 14 } },
        thickness: 14,
        len: 1 / rows,
        y: 0,
      };
      data.push({ ...trace, showscale: column === 0, colorbar: { ...colorbar, yanchor: 'bottom' } });
      const axis = `yaxis${axes.yaxis.slice(1)}` as const;
      layout[axis] = {
        ...layout[axis],
        ...frequencyAxis(panel.spectrogram.frequencies),
        title: leftOnly('frequency (Hz)'),
      };
    }
  }
  return toFigure(options, {
    defaultTitle: 'Signals compared',
    data,
    layout,
    height: rows === 1 ? 320 : 500,
    description: panels.map((panel, i) => {
      const parts: string[] = [];
      if (panel.signal) {
        const { samples, sampleRate } = panel.signal;
        const energy = samples.reduce((sum, value) => sum + value * value, 0);
        const rms = Math.sqrt(energy / Math.max(samples.length, 1));
        parts.push(`${(samples.length / sampleRate).toFixed(2)} s, RMS ${rms.toFixed(4)}`);
      }
      if (panel.spectrogram) {
        parts.push(`levels ${levels[i].map((level) => level.toFixed(1)).join(' to ')} dB`);
      }
      return `${panel.title}: ${parts.join(', ')}.`;
    }),
  });
}
