/** A trained model of how sentences are said, as it is kept and asked. */
import { EMOTIONS } from '../data/labels';
import { alignerSchema, type SentenceAligner } from '../features/sentence/aligner';
import { SENTENCE_FEATURES } from '../features/sentence/sentence-vector';
import { SENTENCE } from '../features/sentence/settings';
import type { HeardVersions, SentenceVersions } from '../features/sentence/versions';
import { UTTERANCE } from '../features/utterance/settings';
import { UTTERANCE_FEATURES } from '../features/utterance/utterance-vector';
import { type GroupStandardiser, groupsSchema, standardiseGroups } from '../model/group-standardiser';
import { type RidgeClassifier, ridgeSchema, ridgeScores } from '../model/ridge';
import { anything, number, object, type Schema, same } from '../schema';
import type { RunSection } from './section';
import { sharpened } from './sharpness';

/** Where a section keeps such a model. */
export const SENTENCE_FILE = 'sentence.json';

/** What stands before the classifiers: none of it has looked at an emotion. */
export interface SentenceFront {
  aligner: SentenceAligner;
  /** Tells men's from women's utterances: male 0, female 1. */
  sex: RidgeClassifier;
  /** Utterance vectors by sex, sentence vectors by sentence and sex. */
  standardisers: Record<'utterance' | 'sentence', GroupStandardiser>;
}

/** sentence.json: all that is needed to ask again. */
export interface SentenceModel extends SentenceFront {
  settings: { sentence: typeof SENTENCE; utterance: typeof UTTERANCE };
  sharpness: number;
  /** The mean of the bagged ones. */
  classifier: RidgeClassifier;
}

/** Settings that a kept model must have been made with. */
export const SENTENCE_SETTINGS: SentenceModel['settings'] = { sentence: SENTENCE, utterance: UTTERANCE };

/** sentence.json; the number of its sentences is the aligner's. */
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
 * The model of a section.
 *
 * @throws SerError `bad-artefact` if it is missing, damaged, or made with other settings
 */
export const loadSentences = (section: RunSection): SentenceModel => section.readJson(SENTENCE_FILE, sentenceSchema);

/** Whether a recording is one of the sentences, as far as the order of its sounds tells. */
export const isKnown = ({ unlikeness }: Pick<SentenceVersions, 'unlikeness'>): boolean =>
  unlikeness <= SENTENCE.mostUnlike;

/** Place of a version among the standardisers of sentence vectors. */
export const groupOf = (sentence: number, sex: number): number => 2 * sentence + sex;

/** 0 for a man's voice, 1 for a woman's, by the utterance vector of a recording as it is. */
export function sexOf({ sex }: SentenceFront, utterance: Float32Array): number {
  const [male, female] = ridgeScores(sex, utterance);
  return female > male ? 1 : 0;
}

/** A recording, as far as a classifier looks at it. */
export type HeardSentence = Pick<HeardVersions, 'utterances' | 'vectors' | 'sentences'>;

/**
 * What the classifiers see of a recording's versions.
 *
 * @param sex 0 or 1
 * @returns [versions × (1,894 + 2,121)], standardised
 */
export function sentenceInputs({ standardisers }: SentenceFront, heard: HeardSentence, sex: number): Float32Array {
  const { utterances, vectors, sentences } = heard;
  const versions = sentences.length;
  const whole = standardiseGroups({ values: utterances, groups: sentences.map(() => sex) }, standardisers.utterance);
  const groups = sentences.map((sentence) => groupOf(sentence, sex));
  const bySound = standardiseGroups({ values: vectors, groups }, standardisers.sentence);
  const [first, second] = [whole.length / versions, bySound.length / versions];
  const inputs = new Float32Array(versions * (first + second));
  for (let version = 0; version < versions; version++) {
    inputs.set(whole.subarray(version * first, (version + 1) * first), version * (first + second));
    inputs.set(bySound.subarray(version * second, (version + 1) * second), version * (first + second) + first);
  }
  return inputs;
}

/** Scores of a recording, averaged over its versions: [emotions]. */
export function sentenceScores(classifier: RidgeClassifier, inputs: Float32Array): number[] {
  const classes = EMOTIONS.length;
  const scores = ridgeScores(classifier, inputs);
  const sums = new Array<number>(classes).fill(0);
  for (let i = 0; i < scores.length; i++) sums[i % classes] += scores[i];
  return sums.map((sum) => (sum * classes) / scores.length);
}

/** Probabilities of recordings, [recordings × emotions], said as if each were one of the sentences. */
export function askSentences(model: SentenceModel, recordings: readonly HeardSentence[]): Float32Array {
  const scores = recordings.flatMap((heard) => {
    const sex = sexOf(model, heard.utterances.subarray(0, model.sex.mean.length));
    return sentenceScores(model.classifier, sentenceInputs(model, heard, sex));
  });
  return sharpened(Float32Array.from(scores), model.sharpness, EMOTIONS.length);
}
