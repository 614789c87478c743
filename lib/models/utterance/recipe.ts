/** Linear models on whole utterances, each recording at several playback speeds. */
import { EMOTIONS } from '../../data/labels';
import type { FoldTrainer, Recipe, TrainingSettings } from '../../training/recipe';
import type { TrainerStore } from '../leave-actors-out';
import { type ClipVectors, fitVectorEnsemble } from '../vector-ensemble';
import { UTTERANCE_FILE, type UtteranceModel } from './model';
import { computeUtterances } from './recordings';
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

const { bags: models, penalty } = UTTERANCE_RECIPE;

/** Trainer bound to precomputed vectors. */
export function utteranceTrainer(store: TrainerStore, utterances: ClipVectors): FoldTrainer {
  const { features } = utterances;
  const parameters = models * (features + 1) * EMOTIONS.length;
  return {
    configuration: {
      ...{ model: 'utterance', ...UTTERANCE_RECIPE },
      ...{ utterance: UTTERANCE.version, speeds: [...UTTERANCE.speeds] },
    },
    describe: () =>
      `${models} × ridge regression: ${features} functionals → ${EMOTIONS.length} emotions, ${parameters} parameters`,
    train: async (task) => {
      const options = { caller: 'trainUtterances', models, penalty };
      const { classifiers, inverseTemperature, predict } = await fitVectorEnsemble(store, utterances, task, options);
      const model: UtteranceModel = { settings: UTTERANCE, sharpness: inverseTemperature, classifiers };
      task.artefacts.writeJson(UTTERANCE_FILE, model);
      task.artefacts.writeJson('labels.json', EMOTIONS);
      return { members: [{ name: 'utterance', parameters }], interrupted: false, predict, dispose: () => {} };
    },
  };
}
