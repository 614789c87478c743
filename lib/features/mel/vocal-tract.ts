/** Vocal tract length perturbation: MFCCs of a batch of voices, each from a throat of another length. */
import type { Signal } from '../../audio/signal';
import type { Random } from '../../random';
import { type MfccOptions, mfcc } from './mfcc';

/** Options of `vocalTractBatch`. */
export interface VocalTractBatchOptions extends Omit<MfccOptions, 'vocalTractFactor'> {
  /** Largest deviation of the factors from 1, from 0 to below 1; default 0.1, Jaitly and Hinton's. */
  spread?: number;
}

/**
 * The MFCCs of signals of one length, each with a `vocalTractFactor` drawn for it, uniform from 1 − spread to 1 + spread: vocal tract length perturbation.
 *
 * @returns row-major [clips × frames × coefficients], and the factors; the same for the same generator state
 * @throws RangeError if the signals differ in length, `spread` is out of its range, or as `mfcc`
 * @see Jaitly & Hinton (2013)
 */
export function vocalTractBatch(
  signals: readonly Signal[],
  random: Random,
  { spread = 0.1, ...options }: VocalTractBatchOptions = {},
): { frames: number; coefficients: number; values: Float32Array; factors: number[] } {
  if (!(spread >= 0 && spread < 1)) {
    throw new RangeError(`vocalTractBatch: spread must be from 0 to below 1, got ${spread}`);
  }
  const factors = signals.map(() => random.uniform(1 - spread, 1 + spread));
  const clips = signals.map((signal, i) => mfcc(signal, { ...options, vocalTractFactor: factors[i] }));
  const { frames, coefficients } = clips[0] ?? { frames: 0, coefficients: 0 };
  const values = new Float32Array(clips.length * frames * coefficients);
  clips.forEach((clip, i) => {
    if (clip.frames !== frames) {
      throw new RangeError(`vocalTractBatch: every signal must have ${frames} frames, got ${clip.frames}`);
    }
    values.set(clip.values, i * frames * coefficients);
  });
  return { frames, coefficients, values, factors };
}
