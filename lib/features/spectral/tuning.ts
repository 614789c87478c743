/** Tuning: deviation of a sound's pitches from equal temperament at A = 440 Hz. */
import { medianOf, parabolicShift } from '../numerics';
import type { Spectrogram } from './spectrogram';

/** Peaks below 150 Hz or above 4,000 Hz carry little information about the tuning. */
const LOWEST = 150;
const HIGHEST = 4000;
/** Bins of the histogram of offsets: a hundredth of a step each, librosa's default. */
const BINS = 100;
/** A peak counts above this share of its frame's strongest bin. */
const THRESHOLD = 0.1;

/**
 * The tuning in fractions of a step, from −0.5 to 0.5: the most common offset of the louder peaks.
 *
 * peaks of every frame, refined by parabolas → those at least as strong as the median → histogram of their distances
 * from the nearest step → its fullest bin
 *
 * @param binsPerOctave steps per octave, int > 0: 12 for semitones
 * @returns 0 if there are no peaks
 * @see agrees with librosa.estimate_tuning of the power spectrum (chroma.test.ts)
 */
export function estimateTuning(spectrogram: Spectrogram, binsPerOctave = 12): number {
  const peaks = spectralPeaks(spectrogram);
  const median = medianOf(peaks.magnitudes);
  const edge = (bin: number): number => -0.5 + bin / BINS;
  const histogram = new Uint32Array(BINS);
  for (let i = 0; i < peaks.frequencies.length; i++) {
    if (peaks.magnitudes[i] < median) continue;
    const steps = binsPerOctave * Math.log2(peaks.frequencies[i] / (440 / 16));
    let residual = steps - Math.floor(steps);
    if (residual >= 0.5) residual -= 1;
    let bin = Math.min(BINS - 1, Math.floor((residual + 0.5) * BINS));
    if (bin + 1 < BINS && residual >= edge(bin + 1)) bin++;
    histogram[bin]++;
  }
  let fullest = 0;
  for (let bin = 1; bin < BINS; bin++) if (histogram[bin] > histogram[fullest]) fullest = bin;
  return histogram[fullest] === 0 ? 0 : edge(fullest);
}

/** Local maxima of the spectrum between `LOWEST` and `HIGHEST`, interpolated (librosa.piptrack). */
function spectralPeaks({ frames, coefficients: bins, values, sampleRate, fftLength }: Spectrogram): {
  frequencies: number[];
  magnitudes: number[];
} {
  const frequencies: number[] = [];
  const magnitudes: number[] = [];
  const step = sampleRate / fftLength;
  const first = Math.max(1, Math.ceil(LOWEST / step));
  const end = Math.min(bins - 1, Math.ceil(Math.min(HIGHEST, sampleRate / 2) / step));
  const row = new Float64Array(bins);
  for (let frame = 0; frame < frames; frame++) {
    let maximum = 0;
    for (let bin = 0; bin < bins; bin++) {
      row[bin] = values[frame * bins + bin] ** 2;
      if (row[bin] > maximum) maximum = row[bin];
    }
    const floor = THRESHOLD * maximum;
    for (let bin = first; bin < end; bin++) {
      const [before, here, after] = [row[bin - 1], row[bin], row[bin + 1]];
      if (!(here > floor && here > before && here >= after)) continue;
      const offset = parabolicShift(row, bin);
      frequencies.push((bin + offset) * step);
      magnitudes.push(here + 0.5 * ((after - before) / 2) * offset);
    }
  }
  return { frequencies, magnitudes };
}
