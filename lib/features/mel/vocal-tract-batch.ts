/** MFCCs of a batch of voices, each from a throat of another length. */
import type { Signal } from '../../audio/signal';
import type { Random } from '../../random';
import { type MfccOptions, mfcc } from './mfcc';
import { randomVocalTractFactor } from './vocal-tract';

/** Options of `vocalTractBatch`. */
export interface VocalTractBatchOptions extends Omit<MfccOptions, 'vocalTractFactor'> {
  /** Largest deviation of the factors from 1, from 0 to below 1; default 0.1. */
  spread?: number;
}

/**
 * The MFCCs of signals of one length, each with a `vocalTractFactor` drawn for it: vocal tract length perturbation.
 *
 * @returns row-major [clips × frames × coefficients], and the factors; the same for the same generator state
 * @throws RangeError if the signals differ in length, or as `mfcc` and `randomVocalTractFactor`
 * @see Jaitly & Hinton (2013)
 */
export function vocalTractBatch(
  signals: readonly Signal[],
  random: Random,
  { spread, ...options }: VocalTractBatchOptions = {},
): { frames: number; coefficients: number; values: Float32Array; factors: number[] } {
  const factors = signals.map(() => randomVocalTractFactor(random, spread));
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
