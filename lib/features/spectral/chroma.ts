/** Pitch classes: the energy of each of the twelve tones, whatever the octave. */
import type { Signal } from '../../audio/signal';
import type { StftOptions } from '../../audio/transform/stft';
import type { FeatureMatrix } from '../mel/mfcc';
import { asSpectrogram, type Spectrogram } from './spectrogram';
import { estimateTuning } from './tuning';

/** Options of `chroma`. */
export interface ChromaOptions extends StftOptions {
  /** Classes per octave, int > 0; default 12: C, C♯, … B. */
  chromaBins?: number;
  /** Distance of the sound's tuning from A = 440 Hz, in classes; default what `estimateTuning` finds. */
  tuning?: number;
  /** Norm that each frame is divided by: maximum (Infinity), sum (1), Euclidean (2); default Infinity. */
  norm?: number;
}

/** The octave above 27.5 Hz that counts most, and how fast weights fall around it, in octaves. */
const CENTRE_OCTAVE = 5;
const OCTAVE_WIDTH = 2;
/** The smallest normal float32: librosa does not divide by lengths below it. */
const TINY = 1.1754943508222875e-38;

/**
 * The power of each pitch class, frame by frame, the strongest 1.
 *
 * power spectrum → Gaussian bumps around each class, in all octaves, most weight about 880 Hz → each frame normalised
 *
 * @returns [frames × chromaBins], beginning with C; zeros in silence
 * @throws RangeError if an option is out of its range
 * @see Ellis (2007); agrees with librosa.feature.chroma_stft (chroma.test.ts)
 */
export function chroma(input: Signal | Spectrogram, options: ChromaOptions = {}): FeatureMatrix {
  const { chromaBins = 12, norm = Number.POSITIVE_INFINITY } = options;
  if (!(Number.isInteger(chromaBins) && chromaBins > 0)) {
    throw new RangeError(`chroma: chromaBins must be a whole number above 0, got ${chromaBins}`);
  }
  if (!(norm > 0)) throw new RangeError(`chroma: norm must be above 0, got ${norm}`);
  const spectrogram = asSpectrogram(input, options);
  const { frames, coefficients: bins } = spectrogram;
  const tuning = options.tuning ?? estimateTuning(spectrogram, chromaBins);
  const weights = chromaFilters(spectrogram, chromaBins, tuning);
  const values = new Float32Array(frames * chromaBins);
  const power = new Float64Array(bins);
  for (let frame = 0; frame < frames; frame++) {
    for (let bin = 0; bin < bins; bin++) {
      const magnitude = spectrogram.values[frame * bins + bin];
      power[bin] = magnitude * magnitude;
    }
    const row = values.subarray(frame * chromaBins, (frame + 1) * chromaBins);
    for (let pitchClass = 0; pitchClass < chromaBins; pitchClass++) {
      row[pitchClass] = dot(weights, pitchClass * bins, power);
    }
    const length = normOf(row, norm);
    if (length >= TINY) for (let pitchClass = 0; pitchClass < chromaBins; pitchClass++) row[pitchClass] /= length;
  }
  return { frames, coefficients: chromaBins, values };
}

/** Weight of each spectral bin in each pitch class, [chromaBins × bins] (librosa.filters.chroma). */
function chromaFilters(
  { coefficients: bins, sampleRate, fftLength }: Spectrogram,
  chromaBins: number,
  tuning: number,
): Float64Array {
  const reference = (440 * 2 ** (tuning / chromaBins)) / 16;
  // The place of each bin in classes above the reference; 0 Hz is put one and a half octaves below the first.
  const place = Float64Array.from({ length: bins + 1 }, (_, bin) =>
    bin === 0 ? 0 : chromaBins * Math.log2((bin * sampleRate) / fftLength / reference),
  );
  place[0] = place[1] - 1.5 * chromaBins;
  const filters = new Float64Array(chromaBins * bins);
  const half = Math.round(chromaBins / 2);
  // Classes count from A; the table begins with C, three semitones above it.
  const offset = 3 * Math.floor(chromaBins / 12);
  const column = new Float64Array(chromaBins);
  for (let bin = 0; bin < bins; bin++) {
    const width = Math.max(place[bin + 1] - place[bin], 1);
    for (let pitchClass = 0; pitchClass < chromaBins; pitchClass++) {
      const turned = (place[bin] - pitchClass + half + 10 * chromaBins) % chromaBins;
      const distance = (turned < 0 ? turned + chromaBins : turned) - half;
      column[pitchClass] = Math.exp(-0.5 * ((2 * distance) / width) ** 2);
    }
    const octave = Math.exp(-0.5 * ((place[bin] / chromaBins - CENTRE_OCTAVE) / OCTAVE_WIDTH) ** 2);
    const scale = octave / normOf(column, 2);
    for (let pitchClass = 0; pitchClass < chromaBins; pitchClass++) {
      const row = (pitchClass - offset + chromaBins) % chromaBins;
      filters[row * bins + bin] = column[pitchClass] * scale;
    }
  }
  return filters;
}

/** Σ weights[start + i] · values[i]. */
function dot(weights: Float64Array, start: number, values: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  // Four sums at once, since each addition waits for the one before.
  for (let i = 0; i < whole; i += 4) {
    a += weights[start + i] * values[i];
    b += weights[start + i + 1] * values[i + 1];
    c += weights[start + i + 2] * values[i + 2];
    d += weights[start + i + 3] * values[i + 3];
  }
  for (let i = whole; i < values.length; i++) a += weights[start + i] * values[i];
  return a + b + c + d;
}

/** (Σ |x|ᵖ)^(1/p); the largest |x| for p = Infinity. */
function normOf(values: ArrayLike<number>, p: number): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    total = p === Number.POSITIVE_INFINITY ? Math.max(total, size) : total + size ** p;
  }
  return p === Number.POSITIVE_INFINITY ? total : total ** (1 / p);
}
