/** Linear models on the sounds of a trained sentence, aligned by a hidden Markov model. */
import { EMOTIONS } from '../../data/labels';
import { concatenate } from '../../features/matrix';
import { type Row, rowAt } from '../../training/dataset';
import type { FoldModel, FoldTask, FoldTrainer, Recipe } from '../../training/recipe';
import { fitInverseTemperature, scaledSoftmax } from '../inverse-temperature';
import { fitEnsemble, outOfFold, type TrainerStore, trainableRows } from '../leave-actors-out';
import { fitRidge, meanClassifier } from '../ridge';
import { utteranceRecipe } from '../utterance/recipe';
import { computeUtterances } from '../utterance/recordings';
import { UTTERANCE } from '../utterance/settings';
import { type ClipVectors, clipVectors } from '../vector-ensemble';
import { fitAligner } from './aligner';
import {
  fitGroups,
  groupOf,
  isKnown,
  SENTENCE_FILE,
  SENTENCE_SETTINGS,
  type SentenceFront,
  type SentenceInput,
  type SentenceModel,
  sentenceInputs,
  sentenceScores,
  sexOf,
} from './model';
import { computeSentences, type Sentences, type SentenceVersions } from './recordings';
import { SENTENCE_FEATURES } from './sentence-vector';
import { SENTENCE } from './settings';

/** Constants of the recipe. */
export const SENTENCE_RECIPE = {
  /** Number of averaged models, each leaving out some actors. */
  bags: 5,
  /** L2 penalty, chosen by cross-validation within training actors (LOG.md). */
  penalty: 4000,
  /** L2 penalty of the sex classifier, which has a fifth of the rows. */
  sexPenalty: 800,
} as const;

/** A trained model that also detects recordings of a trained sentence. */
export interface SentenceFoldModel extends FoldModel {
  known(rows: readonly Row[]): Promise<boolean[]>;
}

/** A trainer of such models. */
export interface SentenceTrainer extends FoldTrainer {
  train(task: FoldTask): Promise<SentenceFoldModel>;
}

/** Ridge regression on utterance and sentence vectors. */
export const sentenceRecipe: Recipe = {
  title: 'ridge regression on the sounds of the two sentences and on functionals, recordings played at five speeds',
  settings: utteranceRecipe.settings,
  ignores: utteranceRecipe.ignores,
  prepare: async (store) => sentenceTrainer(store, await computeUtterances(store), await computeSentences(store)),
};

const classes = EMOTIONS.length;
const { bags: models, penalty, sexPenalty } = SENTENCE_RECIPE;

/** Trainer bound to precomputed cepstra and utterance vectors. */
export function sentenceTrainer(store: TrainerStore, utterances: ClipVectors, sentences: Sentences): SentenceTrainer {
  const sounds = SENTENCE_FEATURES.length;
  const parameters = models * (utterances.features + sounds + 1) * classes;
  return {
    configuration: {
      ...{ model: 'sentence', ...SENTENCE_RECIPE },
      ...{ sentence: SENTENCE.version, utterance: UTTERANCE.version, speeds: [...UTTERANCE.speeds] },
    },
    describe: () =>
      `${models} × ridge regression: ${utterances.features} functionals and ${sounds} numbers of ` +
      `${SENTENCE.states} sounds → ${classes} emotions, ${parameters} parameters`,
    train: async (task) => ({
      members: [{ name: 'sentence', parameters }],
      interrupted: false,
      ...(await trainSentences({ store, utterances, sentences }, task)),
      dispose: () => {},
    }),
  };
}

/** Precomputed features shared by all folds. */
interface SentenceData {
  store: TrainerStore;
  utterances: ClipVectors;
  sentences: Sentences;
}

/** Trains and writes the model as sentence.json to the task's artefact folder. */
async function trainSentences(
  { store, utterances, sentences }: SentenceData,
  task: FoldTask,
): Promise<Pick<SentenceFoldModel, 'predict' | 'known'>> {
  const { sides, artefacts } = task;
  const { clips } = store.manifest;
  const labelOf = ({ clip }: Row): number => clips[clip].label;
  const annotatedSex = (clip: number): number => (clips[clip].sex === 'male' ? 0 : 1);
  const trainRows = sides.train.map((position) => rowAt(store, position, sides.rows));
  const trainClips = [...new Set(trainRows.map(({ clip }) => clip))];
  const rows = trainableRows(store, sides);

  // The aligner is fitted without emotion labels.
  const aligner = fitAligner(
    trainClips.map((clip) => sentences.frames(clip)),
    trainClips.map((clip) => clips[clip].statement - 1),
  );
  const computed = new Map<number, SentenceVersions>();
  const compute = async (asked: readonly Row[]): Promise<void> => {
    const missing = [...new Set(asked.map(({ clip }) => clip))].filter((clip) => !computed.has(clip));
    if (missing.length === 0) return;
    const versions = await sentences.versions(missing, aligner);
    for (const [index, clip] of missing.entries()) computed.set(clip, versions[index]);
  };
  await compute(rows);
  const vectorsOf = (row: Row): SentenceInput => inputOf(row, utterances, computed.get(row.clip) as SentenceVersions);
  const original = (clip: number): Float32Array => clipVectors({ clip, copy: 0 }, utterances);

  const sex = fitRidge(
    { values: concatenate(trainClips.map(original)), labels: trainClips.map(annotatedSex) },
    { classes: 2, penalty: sexPenalty, solver: 'conjugate-gradients' },
  );
  const training = trainRows.map((row) => ({ sex: annotatedSex(row.clip), ...vectorsOf(row) }));
  const front: SentenceFront = {
    aligner,
    sex,
    standardisers: {
      utterance: fitGroups(
        concatenate(training.map((own) => own.utterances)),
        training.flatMap((own) => own.sentences.map(() => own.sex)),
        2,
      ),
      sentence: fitGroups(
        concatenate(training.map((own) => own.vectors)),
        training.flatMap((own) => own.sentences.map((sentence) => groupOf(sentence, own.sex))),
        2 * aligner.sentences.length,
      ),
    },
  };

  const width = utterances.features + SENTENCE_FEATURES.length;
  const members = await fitEnsemble('trainSentences', store, task, models, (own) => {
    const inputs = own.map((row) => sentenceInputs(front, vectorsOf(row), annotatedSex(row.clip)));
    const labels = own.flatMap((row, index) => new Array<number>(inputs[index].length / width).fill(labelOf(row)));
    const options = { classes, penalty, standardised: true, solver: 'conjugate-gradients' } as const;
    return fitRidge({ values: concatenate(inputs), labels }, options);
  });
  const classifier = meanClassifier(members.map(({ model }) => model));
  /** Out-of-fold scores, or those of the mean classifier. Sex is predicted. */
  const scores = (asked: readonly Row[]): Float32Array =>
    Float32Array.from(
      asked.flatMap((row) => {
        const inputs = sentenceInputs(front, vectorsOf(row), sexOf(front, original(row.clip)));
        const own = outOfFold(members, row);
        if (own.length === members.length) return sentenceScores(classifier, inputs);
        const each = own.map((one) => sentenceScores(one, inputs));
        return each[0].map((_, label) => each.reduce((sum, one) => sum + one[label], 0) / each.length);
      }),
    );
  const inverseTemperature = fitInverseTemperature(scores(rows), rows.map(labelOf), classes);
  const model: SentenceModel = { settings: SENTENCE_SETTINGS, ...front, sharpness: inverseTemperature, classifier };
  artefacts.writeJson(SENTENCE_FILE, model);
  artefacts.writeJson('labels.json', EMOTIONS);
  return {
    predict: async (asked) => {
      await compute(asked);
      return scaledSoftmax(scores(asked), inverseTemperature, classes);
    },
    known: async (asked) => {
      await compute(asked);
      return asked.map(({ clip }) => isKnown(computed.get(clip) as SentenceVersions));
    },
  };
}

/** All playback speeds of a clip; for an augmented copy, the one speed that replaces it. */
function inputOf(row: Row, utterances: ClipVectors, { vectors, sentences }: SentenceVersions): SentenceInput {
  const own = clipVectors(row, utterances);
  if (row.copy === undefined) return { utterances: own, vectors, sentences };
  const version = row.copy % utterances.versions;
  const size = SENTENCE_FEATURES.length;
  return {
    utterances: own,
    vectors: vectors.subarray(version * size, (version + 1) * size),
    sentences: [sentences[version]],
  };
}
