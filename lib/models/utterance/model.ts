/** Trained linear models on whole utterances: their file and their prediction. */
import { EMOTIONS } from '../../data/labels';
import { list, number, object, type Schema, same } from '../../schema';
import { scaledSoftmax } from '../inverse-temperature';
import { type RidgeClassifier, ridgeSchema, ridgeScores } from '../ridge';
import { UTTERANCE, UTTERANCE_RECIPE } from './settings';
import { UTTERANCE_FEATURES } from './utterance-vector';

/** File of the model in its artefact folder. */
export const UTTERANCE_FILE = 'ridge.json';

/** ridge.json: everything needed for prediction. */
export interface UtteranceModel {
  settings: typeof UTTERANCE;
  /** Inverse temperature. */
  sharpness: number;
  classifiers: RidgeClassifier[];
}

/** Schema of ridge.json for the current code. */
export const utteranceSchema: Schema<UtteranceModel> = object({
  settings: same(UTTERANCE, `those of utterance vectors of version ${UTTERANCE.version}`),
  sharpness: number({ above: 0 }),
  classifiers: list(ridgeSchema(UTTERANCE_FEATURES.length, EMOTIONS.length), { length: UTTERANCE_RECIPE.bags }),
});

/**
 * Predicts utterances: softmax of the mean score over the classifiers and over each utterance's playback speeds.
 *
 * @param utterances vectors of each utterance at all its speeds, [speeds × features]
 * @returns [utterances × emotions]
 */
export function predictUtterances(
  { classifiers, sharpness: inverseTemperature }: UtteranceModel,
  utterances: readonly Float32Array[],
): Float32Array {
  const classes = EMOTIONS.length;
  const means = utterances.flatMap((vectors) => {
    const sums = new Array<number>(classes).fill(0);
    let count = 0;
    for (const classifier of classifiers) {
      const scores = ridgeScores(classifier, vectors);
      for (let i = 0; i < scores.length; i++) sums[i % classes] += scores[i];
      count += scores.length / classes;
    }
    return sums.map((sum) => sum / count);
  });
  return scaledSoftmax(Float32Array.from(means), inverseTemperature, classes);
}
