/** Sentence vector: spectrum, pitch, voicing and duration of each sound of a sentence. */
import { meanColumns } from '../../features/matrix';
import type { FeatureMatrix } from '../../features/mel/mfcc';
import { medianOf } from '../../features/numerics';
import type { Melody } from '../utterance/utterance-vector';
import type { Alignment } from './aligner';
import { slopesOf } from './alignment-frames';
import { SENTENCE } from './settings';

const { states: STATES, bands: BANDS, slopeBands: SLOPE_BANDS } = SENTENCE;
const MELODY = ['pitch', 'pitch above median', 'voicing', 'pitch step', 'frames'] as const;

/** Names of what `sentenceVector` returns, such as `sound7 mel3`. */
export const SENTENCE_FEATURES: readonly string[] = [
  ...Array.from({ length: STATES }, (_, state) => [
    ...Array.from({ length: BANDS }, (__, band) => `sound${state} mel${band}`),
    ...Array.from({ length: SLOPE_BANDS }, (__, band) => `sound${state} delta mel${band}`),
    ...MELODY.map((name) => `sound${state} ${name}`),
  ]).flat(),
  'frames',
];

/**
 * Of each sound: mean spectrum in decibels and mean rise of it from frame to frame, mean pitch in octaves, the same
 * above the utterance's median, mean voicing, mean rise of the pitch, and ln(1 + frames); then ln of all frames.
 *
 * @param spectrogram in decibels, [frames × 64]
 * @param melody of the same sound, at any pace
 * @param alignment of the spectrogram
 * @returns 2,121 numbers named by `SENTENCE_FEATURES`; not-a-number for skipped or unvoiced sounds
 */
export function sentenceVector(
  spectrogram: FeatureMatrix,
  { f0, voicing }: Melody,
  { states }: Alignment,
): Float32Array {
  const { frames } = spectrogram;
  const narrow = meanColumns(spectrogram, BANDS);
  const slopes = meanColumns(spectrogram, SLOPE_BANDS).map(slopesOf);
  const pitch = Float64Array.from(f0, Math.log2);
  const median = medianOf(pitch.filter((value) => !Number.isNaN(value)));
  const steps = pitch.map((value, i) => (i === 0 ? Number.NaN : value - pitch[i - 1]));
  const above = pitch.map((value) => value - median);
  const pitchStates = Int32Array.from(f0, (_, i) => states[Math.min(frames - 1, Math.floor((i * frames) / f0.length))]);
  const counts = new Float64Array(STATES);
  for (const state of states) counts[state]++;
  const tracks = [
    ...[...narrow, ...slopes].map((column) => meansByState(column, states)),
    ...[pitch, above, voicing, steps].map((track) => meansByState(track, pitchStates)),
    counts.map(Math.log1p),
  ];
  return Float32Array.from([
    ...Array.from({ length: STATES }, (_, state) => tracks.map((track) => track[state])).flat(),
    Math.log(frames),
  ]);
}

/** Mean over the frames of each state, without not-a-number values; not-a-number if no value is left. */
function meansByState(track: ArrayLike<number>, states: Int32Array): Float64Array {
  const sums = new Float64Array(STATES);
  const counts = new Float64Array(STATES);
  for (let i = 0; i < states.length; i++) {
    if (Number.isNaN(track[i])) continue;
    sums[states[i]] += track[i];
    counts[states[i]]++;
  }
  return sums.map((sum, state) => sum / counts[state]);
}
