/** Tuning: deviation of a sound's pitches from equal temperament at A = 440 Hz. */
import type { Signal } from '../../audio/signal';
import type { StftOptions } from '../../audio/transform/stft';
import { medianOf } from '../median';
import { asSpectrogram, type Spectrogram } from './spectrogram';

/** Options of `estimateTuning`. */
export interface TuningOptions extends StftOptions {
  /** The width of the histogram's bins, in shares of a step, above 0 and below 1; default 0.01. */
  resolution?: number;
  /** Steps per octave, int > 0; default 12, semitones. */
  binsPerOctave?: number;
  /** The exponent of the magnitude from which peaks are read: 1, or 2 as in `chroma`; default 1. */
  power?: number;
}

/** Peaks below 150 Hz or above 4,000 Hz carry little information about the tuning. */
const LOWEST = 150;
const HIGHEST = 4000;
/** A peak counts above this share of its frame's strongest bin. */
const THRESHOLD = 0.1;

/**
 * The tuning in fractions of a step, from −0.5 to 0.5: the most common offset of the louder peaks.
 *
 * peaks of every frame, refined by parabolas → those at least as strong as the median → histogram of their distances
 * from the nearest step → its fullest bin
 *
 * @returns 0 if there are no peaks
 * @throws RangeError if an option is out of its range
 * @see agrees with librosa.estimate_tuning (chroma.test.ts)
 */
export function estimateTuning(input: Signal | Spectrogram, options: TuningOptions = {}): number {
  const { resolution = 0.01, binsPerOctave = 12, power = 1 } = options;
  if (!(resolution > 0 && resolution < 1)) {
    throw new RangeError(`estimateTuning: resolution must be between 0 and 1, got ${resolution}`);
  }
  if (!(Number.isInteger(binsPerOctave) && binsPerOctave > 0)) {
    throw new RangeError(`estimateTuning: binsPerOctave must be a whole number above 0, got ${binsPerOctave}`);
  }
  const peaks = spectralPeaks(asSpectrogram(input, options), power);
  const median = medianOf(peaks.magnitudes);
  const count = Math.ceil(1 / resolution);
  const edge = (bin: number): number => -0.5 + bin / count;
  const histogram = new Uint32Array(count);
  for (let i = 0; i < peaks.frequencies.length; i++) {
    if (peaks.magnitudes[i] < median) continue;
    const steps = binsPerOctave * Math.log2(peaks.frequencies[i] / (440 / 16));
    let residual = steps - Math.floor(steps);
    if (residual >= 0.5) residual -= 1;
    let bin = Math.min(count - 1, Math.floor((residual + 0.5) * count));
    if (bin + 1 < count && residual >= edge(bin + 1)) bin++;
    histogram[bin]++;
  }
  let fullest = 0;
  for (let bin = 1; bin < count; bin++) if (histogram[bin] > histogram[fullest]) fullest = bin;
  return histogram[fullest] === 0 ? 0 : edge(fullest);
}

/** Local maxima of the spectrum between `LOWEST` and `HIGHEST`, interpolated (librosa.piptrack). */
function spectralPeaks(
  { frames, coefficients: bins, values, sampleRate, fftLength }: Spectrogram,
  power: number,
): { frequencies: number[]; magnitudes: number[] } {
  const frequencies: number[] = [];
  const magnitudes: number[] = [];
  const step = sampleRate / fftLength;
  const first = Math.max(1, Math.ceil(LOWEST / step));
  const end = Math.min(bins - 1, Math.ceil(Math.min(HIGHEST, sampleRate / 2) / step));
  const row = new Float64Array(bins);
  for (let frame = 0; frame < frames; frame++) {
    let maximum = 0;
    for (let bin = 0; bin < bins; bin++) {
      const magnitude = values[frame * bins + bin];
      row[bin] = power === 1 ? magnitude : magnitude ** power;
      if (row[bin] > maximum) maximum = row[bin];
    }
    const floor = THRESHOLD * maximum;
    for (let bin = first; bin < end; bin++) {
      const here = row[bin];
      const before = row[bin - 1];
      const after = row[bin + 1];
      if (!(here > floor && here > before && here >= after)) continue;
      const curvature = after + before - 2 * here;
      const slope = (after - before) / 2;
      const offset = Math.abs(slope) >= Math.abs(curvature) ? 0 : -slope / curvature;
      frequencies.push((bin + offset) * step);
      magnitudes.push(here + 0.5 * slope * offset);
    }
  }
  return { frequencies, magnitudes };
}
