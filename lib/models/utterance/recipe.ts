/** Linear models on whole utterances, each recording at several playback speeds. */
import { EMOTIONS } from '../../data/labels';
import { concatenate } from '../../features/matrix';
import type { Row } from '../../training/dataset';
import type { FoldModel, FoldTask, FoldTrainer, Recipe, TrainingSettings } from '../../training/recipe';
import { fitInverseTemperature, scaledSoftmax } from '../inverse-temperature';
import { type EnsembleMember, fitEnsemble, outOfFold, type TrainerStore, trainableRows } from '../leave-actors-out';
import { fitRidge, type RidgeClassifier, ridgeScores } from '../ridge';
import { UTTERANCE_FILE, type UtteranceModel } from './model';
import { computeUtterances, type Utterances, utterancesOf } from './recordings';
import { UTTERANCE, UTTERANCE_RECIPE } from './settings';

/** Nothing here is trained by epochs: these only satisfy the interface, and `prepare` ignores them. */
const SETTINGS: TrainingSettings = { epochs: 1, batchSize: 1, learningRate: 1, specAugment: false, classWeights: true };

/** Ridge regression on utterance vectors. */
export const utteranceRecipe: Recipe = {
  title: 'ridge regression on functionals of whole utterances, recordings played at five speeds',
  settings: SETTINGS,
  ignores: ['epochs', 'batchSize', 'learningRate', 'specAugment', 'classWeights', 'rules'],
  prepare: async (store) => utteranceTrainer(store, await computeUtterances(store)),
};

const classes = EMOTIONS.length;
const { bags: models, penalty } = UTTERANCE_RECIPE;

/** Trainer bound to precomputed vectors. */
export function utteranceTrainer(store: TrainerStore, utterances: Utterances): FoldTrainer {
  const { features } = utterances;
  const parameters = models * (features + 1) * classes;
  return {
    configuration: {
      ...{ model: 'utterance', ...UTTERANCE_RECIPE },
      ...{ utterance: UTTERANCE.version, speeds: [...UTTERANCE.speeds] },
    },
    describe: () =>
      `${models} × ridge regression: ${features} functionals → ${classes} emotions, ${parameters} parameters`,
    train: async (task) => ({
      members: [{ name: 'utterance', parameters }],
      interrupted: false,
      predict: await trainUtterances(store, utterances, task),
      dispose: () => {},
    }),
  };
}

/** Writes the classifiers as ridge.json to the task's artefact folder; returns the prediction of rows. */
async function trainUtterances(
  store: TrainerStore,
  utterances: Utterances,
  task: FoldTask,
): Promise<FoldModel['predict']> {
  const labelOf = ({ clip }: Row): number => store.manifest.clips[clip].label;
  const members = await fitEnsemble('trainUtterances', store, task, models, (rows) => {
    const vectors = rows.map((row) => utterancesOf(row, utterances));
    const labels = rows.flatMap((row, index) =>
      new Array<number>(vectors[index].length / utterances.features).fill(labelOf(row)),
    );
    return fitRidge({ values: concatenate(vectors), labels }, { classes, penalty });
  });
  const scores = (rows: readonly Row[]): Float32Array => averageScores(members, rows, utterances);
  const rows = trainableRows(store, task.sides);
  const inverseTemperature = fitInverseTemperature(scores(rows), rows.map(labelOf), classes);
  const model: UtteranceModel = {
    settings: UTTERANCE,
    sharpness: inverseTemperature,
    classifiers: members.map((member) => member.model),
  };
  task.artefacts.writeJson(UTTERANCE_FILE, model);
  task.artefacts.writeJson('labels.json', EMOTIONS);
  return (asked) => scaledSoftmax(scores(asked), inverseTemperature, classes);
}

/** Out-of-fold scores, averaged over playback speeds. */
function averageScores(
  members: readonly EnsembleMember<RidgeClassifier>[],
  rows: readonly Row[],
  utterances: Utterances,
): Float32Array {
  const result = new Float32Array(rows.length * classes);
  for (const [place, row] of rows.entries()) {
    const vectors = utterancesOf(row, utterances);
    const classifiers = outOfFold(members, row);
    const share = 1 / (classifiers.length * (vectors.length / utterances.features));
    for (const classifier of classifiers) {
      ridgeScores(classifier, vectors).forEach((score, i) => {
        result[place * classes + (i % classes)] += share * score;
      });
    }
  }
  return result;
}
