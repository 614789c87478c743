/** Figure of a spectrogram: level over time and frequency. */
import { SPECTRUM } from '../../config';
import { hertzToMel, melToHertz } from '../../features/mel/mel';
import type { FeatureMatrix } from '../../features/mel/mfcc';
import type { Figure, FigureOptions, PlotlyAxis, PlotlyTrace } from '../bundle';
import { colourBar, extent, rounded, toFigure } from '../figure';

/** Loudness over time and frequency. */
export interface Spectrogram {
  /** Decibels, row-major [frames × bands]. */
  readonly decibels: ArrayLike<number>;
  /** Middle of each band in hertz, rising. */
  readonly frequencies: ArrayLike<number>;
  /** Middle of each frame in seconds, rising. */
  readonly times: ArrayLike<number>;
}

/**
 * Gives a mel spectrogram in decibels its axes: the middle of each mel band, the middle of each centred frame.
 *
 * @param decibels frames at the method's hop length
 * @param sampleRate hertz
 * @example show(spectrogram(withMelAxes(powerToDb(melSpectrogram(signal)), signal.sampleRate)))
 */
export function withMelAxes(decibels: FeatureMatrix, sampleRate: number): Spectrogram {
  const bands = decibels.coefficients;
  const top = hertzToMel(sampleRate / 2);
  return {
    decibels: decibels.values,
    frequencies: Array.from({ length: bands }, (_, band) => melToHertz(((band + 1) * top) / (bands + 1))),
    times: Array.from({ length: decibels.frames }, (_, frame) => (frame * SPECTRUM.hopLength) / sampleRate),
  };
}

/**
 * The trace of a spectrogram, with the scale reaching from `range[0]` to `range[1]` decibels. If there are more frames
 * than columns, default 600, neighbours are merged into their maximum.
 */
export function spectrogramTrace(
  spectrogram: Spectrogram,
  range: readonly [number, number],
  axes: { xaxis?: string; yaxis?: string; columns?: number } = {},
): PlotlyTrace {
  checkSpectrogram(spectrogram);
  const { decibels, frequencies, times } = spectrogram;
  const step = Math.ceil(times.length / (axes.columns ?? 600));
  const columns = Array.from({ length: Math.ceil(times.length / step) }, (_, i) => ({
    start: i * step,
    end: Math.min((i + 1) * step, times.length),
  }));
  const highest = (band: number, start: number, end: number): number => {
    let most = Number.NaN;
    for (let frame = start; frame < end; frame++) {
      const value = decibels[frame * frequencies.length + band];
      if (!(value <= most) && !Number.isNaN(value)) most = value;
    }
    return most;
  };
  return {
    type: 'heatmap',
    x: columns.map(({ start, end }) => rounded(valueAt(times, (start + end - 1) / 2))),
    y: Array.from(frequencies, (hertz) => rounded(hertz, 5)),
    z: Array.from(frequencies, (_, band) => columns.map(({ start, end }) => rounded(highest(band, start, end), 3))),
    zmin: range[0],
    zmax: range[1],
    colorscale: 'Viridis',
    hovertemplate: '%{x:.2f} s, %{y:.0f} Hz: %{z:.1f} dB<extra></extra>',
    showscale: false,
    xaxis: axes.xaxis,
    yaxis: axes.yaxis,
  };
}

/** The value of a list at a position between two of its entries. */
function valueAt(list: ArrayLike<number>, position: number): number {
  const lower = Math.floor(position);
  const fraction = position - lower;
  return fraction === 0 ? list[lower] : list[lower] * (1 - fraction) + list[lower + 1] * fraction;
}

/** @throws RangeError if the matrix is not as large as its axes say */
function checkSpectrogram({ decibels, frequencies, times }: Spectrogram): void {
  if (frequencies.length === 0 || times.length === 0 || decibels.length !== frequencies.length * times.length) {
    throw new RangeError(
      `spectrogram: decibels must have times × frequencies values (${times.length} × ${frequencies.length}), ` +
        `got ${decibels.length}`,
    );
  }
}

/**
 * Loudness over time and frequency; the frequency axis is logarithmic, as mel bands nearly are.
 *
 * @throws RangeError if the matrix is not as large as its axes say
 */
export function spectrogram(matrix: Spectrogram, options: FigureOptions = {}): Figure {
  const { decibels, frequencies, times } = matrix;
  const [lowest, highest] = extent(decibels);
  const trace = spectrogramTrace(matrix, [lowest, highest]);
  const loudest = strongestBand(matrix);
  return toFigure(options, {
    defaultTitle: 'Spectrogram',
    data: [{ ...trace, showscale: true, colorbar: colourBar('level (dB)') }],
    layout: {
      xaxis: { title: { text: 'time (s)' } },
      yaxis: frequencyAxis(frequencies),
    },
    height: 380,
    description: [
      `Levels from ${lowest.toFixed(1)} to ${highest.toFixed(1)} dB over ${times.length} frames ` +
        `(${times[0].toFixed(2)} to ${times[times.length - 1].toFixed(2)} s) and ${frequencies.length} bands ` +
        `(${Math.round(frequencies[0])} to ${Math.round(frequencies[frequencies.length - 1])} Hz).`,
      `Strongest on average around ${Math.round(loudest)} Hz.`,
    ],
  });
}

/** The axis of mel bands: logarithmic from 60 Hz, below which it would be mostly empty of speech. */
export function frequencyAxis(frequencies: ArrayLike<number>): PlotlyAxis {
  const highest = frequencies[frequencies.length - 1];
  const tickvals = [125, 250, 500, 1000, 2000, 4000, 8000, 16_000].filter((hertz) => hertz <= highest);
  return {
    title: { text: 'frequency (Hz)' },
    type: 'log',
    range: [Math.log10(Math.max(frequencies[0], 60)), Math.log10(highest)],
    tickmode: 'array',
    tickvals,
    ticktext: tickvals.map((hertz) => (hertz < 1000 ? `${hertz}` : `${hertz / 1000}k`)),
  };
}

/** The band with the highest mean level, in hertz. */
function strongestBand({ decibels, frequencies, times }: Spectrogram): number {
  let strongest = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (let band = 0; band < frequencies.length; band++) {
    let sum = 0;
    for (let frame = 0; frame < times.length; frame++) {
      sum += decibels[frame * frequencies.length + band];
    }
    if (sum > highest) {
      highest = sum;
      strongest = band;
    }
  }
  return frequencies[strongest];
}
