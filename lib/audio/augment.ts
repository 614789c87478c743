/** The original's augmentations. Each returns a fresh signal of its own; chance comes from the caller's generator. */
import { AUGMENTATION } from '../config';
import type { Random } from '../random';
import { resampleByRatio } from './resample';
import type { Signal } from './signal';
import { inverseStft, type Stft, stft } from './stft';

/**
 * Adds white noise: x + a · n, with a = amplitude · uniform(0, 1) · max(x) and n standard normal.
 *
 * @param amplitude ≥ 0; default 0.035
 */
export function addNoise(signal: Signal, random: Random, amplitude: number = AUGMENTATION.noiseAmplitude): Signal {
  let maximum = Number.NEGATIVE_INFINITY;
  for (const sample of signal.samples) if (sample > maximum) maximum = sample;
  const deviation = amplitude * random.uniform() * maximum;
  return { ...signal, samples: signal.samples.map((sample) => sample + deviation * random.normal()) };
}

/**
 * Rolls the signal by a random number of samples; what leaves one end enters at the other.
 *
 * @param most samples, at most, in either direction; default 5,000
 */
export function shift(signal: Signal, random: Random, most: number = AUGMENTATION.shiftSamples): Signal {
  const { length } = signal.samples;
  const samples = new Float32Array(length);
  const offset = random.integer(-most, most);
  for (let i = 0; i < length; i++) samples[(((i + offset) % length) + length) % length] = signal.samples[i];
  return { ...signal, samples };
}

/**
 * Changes the tempo and keeps the pitch, by a phase vocoder.
 *
 * @param rate > 0; above 1 is faster; default 0.85
 * @returns round(samples / rate) samples
 * @throws RangeError unless `rate` is above 0
 * @see agrees with librosa.effects.time_stretch (augment.test.ts)
 */
export function stretch(signal: Signal, rate: number = AUGMENTATION.stretchRate): Signal {
  if (!(rate > 0)) throw new RangeError(`stretch: rate must be above 0, got ${rate}`);
  const length = Math.round(signal.samples.length / rate);
  return { ...signal, samples: inverseStft(phaseVocoder(stft(signal.samples), rate), length) };
}

/**
 * Changes the pitch and keeps the length: stretched by the inverse ratio, then resampled back.
 *
 * @param semitones upwards; negative lowers; default 0.7
 * @see agrees with librosa.effects.pitch_shift (augment.test.ts)
 */
export function pitch(signal: Signal, semitones: number = AUGMENTATION.semitones): Signal {
  const rate = 2 ** (-semitones / 12);
  const slower = stretch(signal, rate);
  const samples = new Float32Array(signal.samples.length);
  samples.set(resampleByRatio(slower.samples, rate).subarray(0, samples.length));
  return { ...signal, samples };
}

/**
 * Reads a spectrum at every `rate`-th frame: magnitudes interpolated, phases advanced as between the
 * frames passed by.
 *
 * Phases are carried as unit complex numbers, multiplied by each step's rotation; that equals adding up
 * unwrapped angles, without trigonometry.
 *
 * @see Flanagan & Golden (1966); librosa.phase_vocoder
 */
function phaseVocoder(spectrum: Stft, rate: number): Stft {
  const { bins } = spectrum;
  const frames = Math.ceil(spectrum.frames / rate);
  const output = { frames, bins, real: new Float64Array(frames * bins), imaginary: new Float64Array(frames * bins) };
  // Two frames of silence after the end, so that every step has a successor.
  const real = new Float64Array((spectrum.frames + 2) * bins);
  const imaginary = new Float64Array(real.length);
  real.set(spectrum.real);
  imaginary.set(spectrum.imaginary);
  const phaseReal = new Float64Array(bins);
  const phaseImaginary = new Float64Array(bins);
  for (let bin = 0; bin < bins; bin++) {
    const magnitude = Math.hypot(real[bin], imaginary[bin]);
    phaseReal[bin] = magnitude > 0 ? real[bin] / magnitude : 1;
    phaseImaginary[bin] = magnitude > 0 ? imaginary[bin] / magnitude : 0;
  }
  for (let frame = 0; frame < frames; frame++) {
    const position = frame * rate;
    const whole = Math.floor(position);
    const mix = position - whole;
    for (let bin = 0; bin < bins; bin++) {
      const here = whole * bins + bin;
      const next = here + bins;
      const r0 = real[here];
      const i0 = imaginary[here];
      const r1 = real[next];
      const i1 = imaginary[next];
      const magnitude0 = Math.sqrt(r0 * r0 + i0 * i0);
      const magnitude1 = Math.sqrt(r1 * r1 + i1 * i1);
      const magnitude = (1 - mix) * magnitude0 + mix * magnitude1;
      const p = phaseReal[bin];
      const q = phaseImaginary[bin];
      output.real[frame * bins + bin] = magnitude * p;
      output.imaginary[frame * bins + bin] = magnitude * q;
      // The rotation from this frame to the next; a zero has no phase and counts as angle 0.
      const ur0 = magnitude0 > 0 ? r0 / magnitude0 : 1;
      const ui0 = magnitude0 > 0 ? i0 / magnitude0 : 0;
      const ur1 = magnitude1 > 0 ? r1 / magnitude1 : 1;
      const ui1 = magnitude1 > 0 ? i1 / magnitude1 : 0;
      const turnReal = ur1 * ur0 + ui1 * ui0;
      const turnImaginary = ui1 * ur0 - ur1 * ui0;
      phaseReal[bin] = p * turnReal - q * turnImaginary;
      phaseImaginary[bin] = p * turnImaginary + q * turnReal;
    }
  }
  return output;
}
