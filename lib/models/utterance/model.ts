/** Trained linear models on whole utterances: their file and their prediction. */
import { EMOTIONS } from '../../data/labels';
import { list, number, object, type Schema, same } from '../../schema';
import { type RidgeClassifier, ridgeSchema } from '../ridge';
import { predictVectors } from '../vector-ensemble';
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

/** Probabilities of utterances from their vectors, each [speeds × features]: [utterances × emotions]. */
export const predictUtterances = (
  { classifiers, sharpness: inverseTemperature }: UtteranceModel,
  utterances: readonly Float32Array[],
): Float32Array => predictVectors(classifiers, inverseTemperature, utterances);
