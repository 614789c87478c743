/** Which of the known sentences is said, and when each of its sounds. */
import { list, object, type Schema } from '../../schema';
import type { FeatureMatrix } from '../mfcc';
import {
  evenPath,
  fitLeftRightHmm,
  hmmSchema,
  type LeftRightHmm,
  type LeftRightOptions,
  logDensities,
  pathThrough,
} from './left-right-hmm';
import { SENTENCE } from './settings';

/** The sentences that it knows, each as sounds in order; plain numbers, for JSON. */
export interface SentenceAligner {
  sentences: LeftRightHmm[];
}

/** An aligner of at least one sentence; its coefficients are cepstra and their slopes. */
export const alignerSchema: Schema<SentenceAligner> = object({
  sentences: list(hmmSchema(SENTENCE.states, 2 * SENTENCE.cepstra), { least: 1 }),
});

/** What of a recording is where. */
export interface Alignment {
  /** Of the sentences, from 0; the likeliest. */
  sentence: number;
  /** Sound of each frame. */
  states: Int32Array;
  /** Nats per frame that the order of the sounds costs, ≥ 0; infinite where a recording is too short for any order. */
  unlikeness: number;
}

/**
 * Learns sentences from recordings of which it is known who says which; emotions are not looked at.
 *
 * @param recordings as `alignmentFrames` gives them
 * @param sentences of each recording, from 0
 * @throws RangeError if one of the sentences up to the highest has no usable recording
 */
export function fitAligner(
  recordings: readonly FeatureMatrix[],
  sentences: readonly number[],
  options: LeftRightOptions = {},
): SentenceAligner {
  const count = sentences.reduce((most, sentence) => Math.max(most, sentence), 0) + 1;
  return {
    sentences: Array.from({ length: count }, (_, sentence) =>
      fitLeftRightHmm(
        recordings.filter((__, index) => sentences[index] === sentence),
        options,
      ),
    ),
  };
}

/**
 * Puts a recording onto the sentence that fits best.
 *
 * What it costs to keep the sounds in order, against letting each frame be whichever sound of any sentence it is most
 * like, tells other speech from the sentences: a voice or a room that fits badly costs both alike.
 *
 * @param recording as `alignmentFrames` gives it
 */
export function align({ sentences }: SentenceAligner, recording: FeatureMatrix): Alignment {
  const { frames } = recording;
  const densities = sentences.map((sentence) => logDensities(sentence, recording));
  const likeliest = new Float64Array(frames).fill(Number.NEGATIVE_INFINITY);
  for (const values of densities) {
    const states = values.length / frames;
    for (let frame = 0; frame < frames; frame++) {
      let most = likeliest[frame];
      for (let i = frame * states; i < (frame + 1) * states; i++) if (values[i] > most) most = values[i];
      likeliest[frame] = most;
    }
  }
  const anyOrder = likeliest.reduce((sum, value) => sum + value / frames, 0);
  const paths = densities.map((values, index) => pathThrough(values, sentences[index].means.length));
  const scores = paths.map((path) => path?.score ?? Number.NEGATIVE_INFINITY);
  const sentence = scores.indexOf(Math.max(...scores));
  const path = paths[sentence];
  if (path) return { sentence, states: path.states, unlikeness: Math.max(0, anyOrder - path.score) };
  return { sentence, states: evenPath(frames, SENTENCE.states), unlikeness: Number.POSITIVE_INFINITY };
}
