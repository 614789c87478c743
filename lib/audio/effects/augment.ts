/** The original's augmentations. Each returns a fresh signal of its own; chance comes from the caller's generator. */
import { AUGMENTATION } from '../../config';
import type { Random } from '../../random';
import { resampleByRatio } from '../resample/resample';
import type { Signal } from '../signal';
import { timeStretch } from './phase-vocoder';

/**
 * Adds white noise: x + a · n, with a = amplitude · uniform(0, 1) · max(x) and n standard normal.
 *
 * @param amplitude ≥ 0; default 0.035
 */
export function addNoise(signal: Signal, random: Random, amplitude: number = AUGMENTATION.noiseAmplitude): Signal {
  const { samples } = signal;
  let maximum = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < samples.length; i++) if (samples[i] > maximum) maximum = samples[i];
  const deviation = amplitude * random.uniform() * maximum;
  const noisy = random.fillNormal(new Float32Array(samples.length));
  for (let i = 0; i < noisy.length; i++) noisy[i] = samples[i] + deviation * noisy[i];
  return { ...signal, samples: noisy };
}

/**
 * Adds white noise at a chosen signal-to-noise ratio: 10 log₁₀(Σ x² / Σ n²) = `decibels`, met exactly.
 *
 * @param decibels the lower, the noisier; 0 for noise as strong as the signal
 * @throws RangeError unless `decibels` is a finite number
 */
export function addNoiseAt(signal: Signal, random: Random, decibels: number): Signal {
  if (!Number.isFinite(decibels)) throw new RangeError(`addNoiseAt: decibels must be finite, got ${decibels}`);
  const noise = random.fillNormal(new Float64Array(signal.samples.length));
  let [signalEnergy, noiseEnergy] = [0, 0];
  for (const sample of signal.samples) signalEnergy += sample * sample;
  for (const sample of noise) noiseEnergy += sample * sample;
  const scale = noiseEnergy > 0 ? Math.sqrt(signalEnergy / noiseEnergy / 10 ** (decibels / 10)) : 0;
  return { ...signal, samples: signal.samples.map((sample, i) => sample + scale * noise[i]) };
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
  return { ...signal, samples: timeStretch(signal.samples, rate) };
}

/**
 * Changes tempo and pitch together, as a tape that runs faster or slower.
 *
 * @param rate > 0; above 1 is faster and higher
 * @returns ceil(samples / rate) samples
 * @throws RangeError unless `rate` is above 0
 * @see Ko et al. (2015), who train on copies at 0.9, 1 and 1.1
 */
export function speed(signal: Signal, rate: number): Signal {
  if (!(rate > 0 && Number.isFinite(rate))) throw new RangeError(`speed: rate must be above 0, got ${rate}`);
  return { ...signal, samples: rate === 1 ? signal.samples.slice() : resampleByRatio(signal.samples, 1 / rate) };
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
