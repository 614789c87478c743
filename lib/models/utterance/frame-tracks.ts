/** Input of the functionals: sixty values for every frame of an utterance. */
import type { Signal } from '../../audio/signal';
import { levelAndColour } from '../../features/acoustic-features';
import { sideBySide } from '../../features/matrix';
import { type FeatureMatrix, melSpectrogram, mfcc, powerToDb } from '../../features/mel/mfcc';
import { UTTERANCE } from './settings';

const numbered = (name: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${name}${i}`);

/** Names of the columns of `frameTracks`. */
export const FRAME_TRACKS: readonly string[] = [
  ...numbered('mel', UTTERANCE.trackBands),
  ...numbered('mfcc', UTTERANCE.coefficients),
  'level',
  'zeroCrossingRate',
  'spectralCentroid',
  'spectralBandwidth',
  'spectralRolloff',
  'spectralFlatness',
  ...numbered('contrast', 7),
  'voicing',
];

/**
 * Level, colour and voice quality of every frame.
 *
 * @param signal at 16 kHz
 * @param voicing probability that a frame is voiced, at least as many as there are frames; the last is repeated
 * @returns [frames × 60], named by `FRAME_TRACKS`; frames = 1 + floor(samples / 160)
 * @throws RangeError if the signal is empty
 */
export function frameTracks(signal: Signal, voicing: Float32Array): FeatureMatrix {
  const lengths = { fftLength: UTTERANCE.fftLength, hopLength: UTTERANCE.trackHop };
  const { fmin, fmax, coefficients, spectrogramBands, trackBands } = UTTERANCE;
  const { spectrum, tracks } = levelAndColour(signal, lengths);
  const [level, ...others] = tracks as [Float32Array, ...typeof tracks];
  return sideBySide([
    powerToDb(melSpectrogram(signal, { ...lengths, melBands: trackBands, fmin, fmax })),
    mfcc(signal, { ...lengths, melBands: spectrogramBands, coefficients }),
    // Above the smallest level there are no infinities.
    level.map((value) => Math.log(value + 1e-6)),
    ...others,
    Float32Array.from({ length: spectrum.frames }, (_, i) => voicing[Math.min(i, voicing.length - 1)]),
  ]);
}
