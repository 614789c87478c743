/** Trained sentence model: loading and prediction. */
import { EMOTIONS } from '../../data/labels';
import { concatenate } from '../../features/matrix';
import { applyScaler, type FeatureScaler, fitScaler, scalerSchema } from '../../features/scaler';
import { anything, list, number, object, type Schema, same } from '../../schema';
import type { ArtefactFolder } from '../../training/runs/artefact-folder';
import { scaledSoftmax } from '../inverse-temperature';
import { LIMIT, type RidgeClassifier, ridgeSchema, ridgeScores } from '../ridge';
import { UTTERANCE } from '../utterance/settings';
import { UTTERANCE_FEATURES } from '../utterance/utterance-vector';
import { alignerSchema, type SentenceAligner } from './aligner';
import type { RecordingVectors, SentenceVersions } from './recordings';
import { SENTENCE_FEATURES } from './sentence-vector';
import { SENTENCE } from './settings';

/** File of the model in its artefact folder. */
export const SENTENCE_FILE = 'sentence.json';

/** A scaler for each group of rows, such as by speaker sex, which removes differences between groups. */
export interface GroupScalers {
  groups: FeatureScaler[];
}

const groupsSchema = (groups: number, features: number): Schema<GroupScalers> =>
  object({ groups: list(scalerSchema(features, { limit: true }), { length: groups }) });

/**
 * Fits mean and deviation of each feature in each group; a group of fewer than two rows gets those of all rows.
 *
 * @param values [rows × features]
 * @param groups of each row, from 0
 * @param count groups, int > 0
 * @throws RangeError if there are no rows
 */
export function fitGroups(values: Float32Array, groups: readonly number[], count: number): GroupScalers {
  if (groups.length === 0) throw new RangeError('fitGroups: there must be rows, got none');
  const all = [...groups.keys()];
  return {
    groups: Array.from({ length: count }, (_, group) => {
      const own = all.filter((row) => groups[row] === group);
      const rows = own.length > 1 ? own : all;
      return { ...fitScaler(values, values.length / groups.length, { rows }), limit: LIMIT };
    }),
  };
}

/** Preprocessing before the classifiers, fitted without emotion labels. */
export interface SentenceFront {
  aligner: SentenceAligner;
  /** Classifies speaker sex: male 0, female 1. */
  sex: RidgeClassifier;
  /** Scalers: utterance vectors by sex, sentence vectors by sentence and sex. */
  standardisers: Record<'utterance' | 'sentence', GroupScalers>;
}

/** sentence.json: everything needed for prediction. */
export interface SentenceModel extends SentenceFront {
  settings: { sentence: typeof SENTENCE; utterance: typeof UTTERANCE };
  /** Inverse temperature. */
  sharpness: number;
  /** Mean of the classifiers of the ensemble. */
  classifier: RidgeClassifier;
}

/** Settings that a stored model must have been made with. */
export const SENTENCE_SETTINGS: SentenceModel['settings'] = { sentence: SENTENCE, utterance: UTTERANCE };

/** Schema of sentence.json; the aligner gives the number of sentences. */
const sentenceSchema: Schema<SentenceModel> = (value, place) => {
  const { sentences } = object({ aligner: alignerSchema })(value, place).aligner;
  const [whole, bySound] = [UTTERANCE_FEATURES.length, SENTENCE_FEATURES.length];
  return object<SentenceModel>({
    settings: same(SENTENCE_SETTINGS, `those of sentence vectors of version ${SENTENCE.version}`),
    aligner: anything,
    sex: ridgeSchema(whole, 2),
    standardisers: object({
      utterance: groupsSchema(2, whole),
      sentence: groupsSchema(2 * sentences.length, bySound),
    }),
    sharpness: number({ above: 0 }),
    classifier: ridgeSchema(whole + bySound, EMOTIONS.length),
  })(value, place);
};

/**
 * Loads the model of an artefact folder.
 *
 * @throws SerError `bad-artefact` if it is missing, damaged, or made with other settings
 */
export const loadSentences = (artefacts: ArtefactFolder): SentenceModel =>
  artefacts.readJson(SENTENCE_FILE, sentenceSchema);

/** Tests whether a recording is of a trained sentence, by its alignment cost. */
export const isKnown = ({ alignmentCost }: Pick<SentenceVersions, 'alignmentCost'>): boolean =>
  alignmentCost <= SENTENCE.mostUnlike;

/** Index of the scaler for a sentence and sex. */
export const groupOf = (sentence: number, sex: number): number => 2 * sentence + sex;

/** Predicts speaker sex (0 male, 1 female) from the utterance vector at normal speed. */
export function sexOf({ sex }: SentenceFront, utterance: Float32Array): number {
  const [male, female] = ridgeScores(sex, utterance);
  return female > male ? 1 : 0;
}

/** Feature vectors of a recording, as the classifiers need them. */
export type SentenceInput = Pick<RecordingVectors, 'utterances' | 'vectors' | 'sentences'>;

/**
 * Classifier inputs of a recording at all playback speeds.
 *
 * @param sex 0 or 1
 * @returns [versions × (1,894 + 2,121)], standardised
 */
export function sentenceInputs({ standardisers }: SentenceFront, recording: SentenceInput, sex: number): Float32Array {
  const { utterances, vectors, sentences } = recording;
  return concatenate(
    sentences.flatMap((sentence, version) =>
      [
        { values: utterances, scaler: standardisers.utterance.groups[sex] },
        { values: vectors, scaler: standardisers.sentence.groups[groupOf(sentence, sex)] },
      ].map(({ values, scaler }) => {
        const features = scaler.mean.length;
        return applyScaler(values.subarray(version * features, (version + 1) * features), scaler);
      }),
    ),
  );
}

/** Scores of a recording, averaged over its playback speeds: [emotions]. */
export function sentenceScores(classifier: RidgeClassifier, inputs: Float32Array): number[] {
  const classes = EMOTIONS.length;
  const scores = ridgeScores(classifier, inputs);
  const sums = new Array<number>(classes).fill(0);
  for (let i = 0; i < scores.length; i++) sums[i % classes] += scores[i];
  return sums.map((sum) => (sum * classes) / scores.length);
}

/** Probabilities of recordings, [recordings × emotions], assuming that each is of a trained sentence. */
export function predictSentences(model: SentenceModel, recordings: readonly SentenceInput[]): Float32Array {
  const scores = recordings.flatMap((recording) => {
    const sex = sexOf(model, recording.utterances.subarray(0, model.sex.mean.length));
    return sentenceScores(model.classifier, sentenceInputs(model, recording, sex));
  });
  return scaledSoftmax(Float32Array.from(scores), model.sharpness, EMOTIONS.length);
}
