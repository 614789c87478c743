/** Silence at the ends. */
import { type FrameOptions, framesOf, rms } from '../rms';
import type { Signal } from '../signal';

/** Options of `trim`. */
export interface TrimOptions extends FrameOptions {
  /** Frames more than this many decibels below the loudest one count as silent, > 0; default 60. */
  topDb?: number;
}

/** Amplitudes below this, −100 dB of full scale, are measured as if they were this. */
const FAINTEST = 1e-5;

/**
 * The signal from its first to its last frame that is not silent.
 *
 * @returns the signal, sharing the samples of the given one, and where it lay: samples from `start` to before `end`
 * @throws RangeError if the signal is empty or an option is out of its range
 * @see agrees with librosa.effects.trim (trim.test.ts), which like this one leaves complete silence as it is
 */
export function trim(signal: Signal, options: TrimOptions = {}): { signal: Signal; start: number; end: number } {
  const { topDb = 60 } = options;
  if (!(topDb > 0)) throw new RangeError(`trim: topDb must be above 0, got ${topDb}`);
  const { hopLength, frameLength } = framesOf('trim', signal, options);
  const levels = rms(signal, { hopLength, frameLength });
  const loudest = levels.reduce((most, level) => Math.max(most, level), 0);
  const threshold = 20 * Math.log10(Math.max(FAINTEST, loudest)) - topDb;
  const isAudible = (level: number): boolean => 20 * Math.log10(Math.max(FAINTEST, level)) > threshold;
  const first = levels.findIndex(isAudible);
  let last = levels.length - 1;
  while (last >= 0 && !isAudible(levels[last])) last--;
  const start = first < 0 ? 0 : first * hopLength;
  const end = first < 0 ? 0 : Math.min(signal.samples.length, (last + 1) * hopLength);
  return { signal: { ...signal, samples: signal.samples.subarray(start, end) }, start, end };
}
