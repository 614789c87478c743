/** Sentence recognition and alignment of sounds. */

import type { FeatureMatrix } from '../../features/mel/mfcc';
import { list, object, type Schema } from '../../schema';
import { evenPath, fitLeftRightHmm, hmmSchema, type LeftRightHmm, logDensities, pathThrough } from './left-right-hmm';
import { SENTENCE } from './settings';

/** Hidden Markov models of the trained sentences, each a sequence of sounds; plain numbers, for JSON. */
export interface SentenceAligner {
  sentences: LeftRightHmm[];
}

/** An aligner of at least one sentence; its coefficients are cepstra and their slopes. */
export const alignerSchema: Schema<SentenceAligner> = object({
  sentences: list(hmmSchema(SENTENCE.states, 2 * SENTENCE.cepstra), { least: 1 }),
});

/** Alignment of a recording. */
export interface Alignment {
  /** Most likely sentence, from 0. */
  sentence: number;
  /** Sound of each frame. */
  states: Int32Array;
  /** Alignment cost: nats per frame lost to the order of the sounds, ≥ 0; infinite if the recording is too short. */
  alignmentCost: number;
}

/**
 * Fits sentence models to recordings with known sentences; emotion labels are not used.
 *
 * @param recordings as `alignmentFrames` gives them
 * @param sentences of each recording, from 0
 * @param states sounds of each sentence; default 40
 * @throws RangeError if one of the sentences up to the highest has no usable recording
 */
export function fitAligner(
  recordings: readonly FeatureMatrix[],
  sentences: readonly number[],
  states?: number,
): SentenceAligner {
  const count = sentences.reduce((most, sentence) => Math.max(most, sentence), 0) + 1;
  return {
    sentences: Array.from({ length: count }, (_, sentence) =>
      fitLeftRightHmm(
        recordings.filter((__, index) => sentences[index] === sentence),
        states,
      ),
    ),
  };
}

/**
 * Aligns a recording with the sentence that fits best.
 *
 * The alignment cost is the log-likelihood lost by keeping the sounds in order, compared with the best sound of any
 * sentence for each frame. It separates other speech from a mismatched speaker or room, which lowers both alike.
 *
 * @param recording as `alignmentFrames` gives it
 */
export function align({ sentences }: SentenceAligner, recording: FeatureMatrix): Alignment {
  const { frames } = recording;
  const densities = sentences.map((sentence) => logDensities(sentence, recording));
  const likeliest = new Float64Array(frames).fill(Number.NEGATIVE_INFINITY);
  for (const values of densities) {
    const states = values.length / frames;
    for (let i = 0; i < values.length; i++) {
      const frame = Math.floor(i / states);
      if (values[i] > likeliest[frame]) likeliest[frame] = values[i];
    }
  }
  const anyOrder = likeliest.reduce((sum, value) => sum + value / frames, 0);
  const paths = densities.map((values, index) => pathThrough(values, sentences[index].means.length));
  const scores = paths.map((path) => path?.score ?? Number.NEGATIVE_INFINITY);
  const sentence = scores.indexOf(Math.max(...scores));
  const path = paths[sentence];
  if (path) return { sentence, states: path.states, alignmentCost: Math.max(0, anyOrder - path.score) };
  return { sentence, states: evenPath(frames, SENTENCE.states), alignmentCost: Number.POSITIVE_INFINITY };
}
