/** The pitch of every frame by YIN. */
import type { Signal } from '../../audio/signal';
import { differences, isTrough, type PitchOptions, parabolicShift } from './difference-function';

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
