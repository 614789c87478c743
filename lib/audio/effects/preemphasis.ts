/** High frequencies raised, as speech loses about 6 dB per octave on its way from the vocal folds through the lips. */
import type { Signal } from '../signal';

/** Options of `preemphasis`. */
export interface PreemphasisOptions {
  /** The share of the previous sample taken away, from 0 (nothing changes) to 1 (the difference); default 0.97. */
  coefficient?: number;
  /** Value added to the first sample; default 2 x[0] − x[1], librosa's, a line drawn back from the first two. */
  initial?: number;
}

/**
 * Each sample less a share of the one before: y[n] = x[n] − coefficient · x[n − 1].
 *
 * @throws RangeError if the coefficient is out of its range, or the signal has fewer than two samples
 * @see agrees with librosa.effects.preemphasis (preemphasis.test.ts)
 */
export function preemphasis(signal: Signal, options: PreemphasisOptions = {}): Signal {
  const { samples } = signal;
  const { coefficient = 0.97, initial = 2 * samples[0] - samples[1] } = options;
  if (!(coefficient >= 0 && coefficient <= 1)) {
    throw new RangeError(`preemphasis: coefficient must be 0 to 1, got ${coefficient}`);
  }
  if (samples.length < 2) {
    throw new RangeError(`preemphasis: the signal must have at least 2 samples, got ${samples.length}`);
  }
  const emphasised = new Float32Array(samples.length);
  emphasised[0] = samples[0] + initial;
  for (let n = 1; n < samples.length; n++) emphasised[n] = samples[n] - coefficient * samples[n - 1];
  return { ...signal, samples: emphasised };
}
