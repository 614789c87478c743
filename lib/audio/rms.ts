/** The level of a signal, frame by frame. */
import { SPECTRUM } from '../config';
import type { Signal } from './signal';
import { frameCount } from './transform/stft';

/** Frames in the time domain. Lengths in samples. */
export interface FrameOptions {
  /** Samples per frame, int > 0; default 2048. */
  frameLength?: number;
  /** Samples between frames, int > 0; default 512. */
  hopLength?: number;
}

/** Checks the frames that `caller` was asked for, and fills in the defaults. */
export function framesOf(caller: string, signal: Signal, options: FrameOptions): Required<FrameOptions> {
  const { frameLength = SPECTRUM.fftLength, hopLength = SPECTRUM.hopLength } = options;
  if (signal.samples.length === 0) throw new RangeError(`${caller}: the signal must not be empty, got 0 samples`);
  for (const [name, value] of Object.entries({ frameLength, hopLength })) {
    if (!(Number.isInteger(value) && value > 0)) {
      throw new RangeError(`${caller}: ${name} must be a whole number above 0, got ${value}`);
    }
  }
  return { frameLength, hopLength };
}

/**
 * The root mean square of each frame: √(Σ x² / frameLength).
 *
 * Frames are centred, with zeros beyond the ends, so that the first and last ones come out lower.
 *
 * @returns one value per frame, 1 for a full-scale square wave; frames = 1 + floor(samples / hopLength)
 * @throws RangeError if the signal is empty or a length is not a whole number above 0
 * @see agrees with librosa.feature.rms (spectral.test.ts)
 */
export function rms(signal: Signal, options: FrameOptions = {}): Float32Array {
  const { frameLength, hopLength } = framesOf('rms', signal, options);
  const { samples } = signal;
  const half = Math.floor(frameLength / 2);
  // Energies of blocks that divide every frame, so that overlapping frames do not add up the same squares again.
  const block = greatestCommonDivisor(greatestCommonDivisor(frameLength, hopLength), half);
  const energies = new Float64Array(Math.ceil(samples.length / block));
  for (let i = 0; i < energies.length; i++) {
    let sum = 0;
    const end = Math.min(samples.length, (i + 1) * block);
    for (let n = i * block; n < end; n++) sum += samples[n] * samples[n];
    energies[i] = sum;
  }
  return Float32Array.from({ length: frameCount(samples.length, hopLength) }, (_, frame) => {
    const first = (frame * hopLength - half) / block;
    const end = Math.min(energies.length, first + frameLength / block);
    let sum = 0;
    for (let i = Math.max(0, first); i < end; i++) sum += energies[i];
    return Math.sqrt(sum / frameLength);
  });
}

/** The largest whole number that divides both. */
export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
