/** The pitch of every frame by YIN, and the difference function, whose troughs are the periods of a sound. */
import { framesOf } from '../../audio/rms';
import type { Signal } from '../../audio/signal';
import { frameCount } from '../../audio/transform/stft';
import { parabolicShift } from '../numerics';
import { forEachAutocorrelation } from './autocorrelation';

/** Options that `yin` and `pyin` share. Lengths in samples, frequencies in hertz. */
export interface PitchOptions {
  /** The lowest pitch looked for, > 0 and above sampleRate / (frameLength − 1); 65 suits speech. */
  fmin: number;
  /** The highest pitch looked for, above `fmin` and up to half the sample rate; 500 suits speech. */
  fmax: number;
  /** Samples per frame, int > 0; default 2048. Should hold two periods of `fmin`. */
  frameLength?: number;
  /** Samples between frames, int > 0; default a quarter of `frameLength`. */
  hopLength?: number;
}

/** Normalised difference between a frame and itself shifted by each period: 0 if periodic, about 1 if not. */
export interface Differences {
  /** The shortest period, in samples. */
  readonly minPeriod: number;
  readonly frames: number;
  /** Samples between frames. */
  readonly hopLength: number;
  /** Calls `visit` with each frame's values, one per period from `minPeriod` on; the array is reused. */
  forEach(visit: (frame: number, values: Float32Array) => void): void;
}

/**
 * The cumulative mean normalised difference of centred frames, with zeros beyond the ends.
 *
 * d(τ) = Σ (x[n] − x[n + τ])², from the autocorrelation by FFT, over its mean from 1 to τ
 *
 * @throws RangeError naming `caller` if the signal is empty or an option is out of its range
 * @see de Cheveigné & Kawahara (2002), equations 7 and 8; librosa._cumulative_mean_normalized_difference
 */
export function differences(caller: string, signal: Signal, options: PitchOptions): Differences {
  const { fmin, fmax, frameLength: length = 2048 } = options;
  const { frameLength, hopLength } = framesOf(caller, signal, {
    frameLength: length,
    hopLength: options.hopLength ?? Math.floor(length / 4),
  });
  const { samples, sampleRate } = signal;
  if (!(fmax > 0 && fmax <= sampleRate / 2)) {
    throw new RangeError(`${caller}: fmax must be up to ${sampleRate / 2} Hz (half the sample rate), got ${fmax}`);
  }
  if (!(fmin > 0 && fmin < fmax)) throw new RangeError(`${caller}: fmin must be above 0 and below fmax, got ${fmin}`);
  if (sampleRate / fmin >= frameLength - 1) {
    throw new RangeError(
      `${caller}: fmin must be above ${(sampleRate / (frameLength - 1)).toFixed(1)} Hz, got ${fmin}; raise it or frameLength`,
    );
  }
  const minPeriod = Math.floor(sampleRate / fmax);
  const maxPeriod = Math.min(Math.ceil(sampleRate / fmin), frameLength - 1);
  const frames = frameCount(samples.length, hopLength);

  const forEach: Differences['forEach'] = (visit) => {
    const values = new Float32Array(maxPeriod - minPeriod + 1);
    forEachAutocorrelation(samples, { frames, frameLength, hopLength, lags: maxPeriod }, (frame, correlation) => {
      normalise(samples, frame * hopLength - Math.floor(frameLength / 2), correlation, minPeriod, maxPeriod, values);
      visit(frame, values);
    });
  };
  return { minPeriod, frames, hopLength, forEach };
}

/** Differences over their cumulative mean, of the frame from `start` on, for periods from `minPeriod` to `maxPeriod`. */
function normalise(
  samples: Float32Array,
  start: number,
  correlation: Float64Array,
  minPeriod: number,
  maxPeriod: number,
  values: Float32Array,
): void {
  let energy = 0;
  let cumulative = 0;
  for (let period = 1; period <= maxPeriod; period++) {
    // As in librosa, only the energy of the first samples is taken away, and for a period of one sample none.
    const place = start + period - 1;
    if (place >= 0 && place < samples.length) energy += samples[place] * samples[place];
    const difference = 2 * (correlation[0] - correlation[period]) - (period === 1 ? 0 : energy);
    cumulative += difference;
    if (period >= minPeriod) values[period - minPeriod] = difference / (cumulative / period + TINY);
  }
}

/** The smallest normal float32, which keeps librosa from dividing by zero in silence. */
const TINY = 1.1754943508222875e-38;

/** Tests for a trough: lower than the previous value and not above the next; the first value must be below the next. */
export function isTrough(values: Float32Array, index: number): boolean {
  if (index === 0) return values[0] < values[1];
  // Beyond the last value there is none to compare with, and librosa decides by the one before.
  if (index === values.length - 1) return values[index] < values[index - 1];
  return values[index] < values[index - 1] && values[index] <= values[index + 1];
}

/** Options of `yin`. */
export interface YinOptions extends PitchOptions {
  /** The first trough below this gives the period; without one, the lowest point does; > 0; default 0.1. */
  troughThreshold?: number;
}

/**
 * The fundamental frequency of every frame, voiced or not, in hertz.
 *
 * Frames without a pitch (silence, hisses) get an arbitrary frequency between the bounds; `pyin` detects them.
 *
 * @returns one value per frame; frames = 1 + floor(samples / hopLength)
 * @throws RangeError if the signal is empty or an option is out of its range
 * @see de Cheveigné & Kawahara (2002); agrees with librosa.yin (pitch-tracking.test.ts)
 * @example
 * yin(sine220, { fmin: 65, fmax: 500 })[50] // about 220
 */
export function yin(signal: Signal, options: YinOptions): Float32Array {
  const { troughThreshold = 0.1 } = options;
  if (!(troughThreshold > 0)) throw new RangeError(`yin: troughThreshold must be above 0, got ${troughThreshold}`);
  const { minPeriod, frames, forEach } = differences('yin', signal, options);
  const pitch = new Float32Array(frames);
  forEach((frame, values) => {
    const index = firstTrough(values, troughThreshold);
    pitch[frame] = signal.sampleRate / (minPeriod + index + parabolicShift(values, index));
  });
  return pitch;
}

/** The first trough below the threshold, else the lowest value. */
function firstTrough(values: Float32Array, threshold: number): number {
  let lowest = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] < threshold && isTrough(values, i)) return i;
    if (values[i] < values[lowest]) lowest = i;
  }
  return lowest;
}
