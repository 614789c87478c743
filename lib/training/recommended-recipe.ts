/** The recommended model: a linear and a neural one, which err differently, as one. */
import { EMOTIONS } from '../data/labels';
import type { FeatureStore } from '../features/store';
import { convolutionalRecipe } from './convolutional-recipe';
import { rowsOf } from './dataset';
import { type Fusion, fitFusion, fuse } from './fusion';
import type { FoldModel, FoldTask, FoldTrainer, Recipe } from './recipe';
import { utteranceRecipe } from './utterance-recipe';

/** Where a section says that it holds such a model, and how its parts are weighed. */
export const RECOMMENDED_FILE = 'recommended.json';
/** The sections of its parts. */
export const RECOMMENDED_PARTS = ['utterance', 'convolutional'] as const;

/** Ridge regression on whole utterances and convolutional networks on spectrograms, fused. */
export const recommendedRecipe: Recipe = {
  title: 'ridge regression on whole utterances and convolutions over spectrograms, fused',
  settings: convolutionalRecipe.settings,
  ignores: convolutionalRecipe.ignores,
  prepare: async (store, settings) =>
    recommendedTrainer(store, [
      await utteranceRecipe.prepare(store, utteranceRecipe.settings),
      await convolutionalRecipe.prepare(store, settings),
    ]),
};

/** The trainer of two models whose features are at hand. */
export function recommendedTrainer(
  store: Pick<FeatureStore, 'manifest' | 'copies'>,
  [linear, neural]: readonly [FoldTrainer, FoldTrainer],
): FoldTrainer {
  return {
    configuration: {
      ...neural.configuration,
      model: 'recommended',
      utterance: linear.configuration,
      convolutional: neural.configuration,
    },
    describe: () => [linear, neural].map((part) => part.describe()).join('\n\n'),
    train: (task) => trainRecommended(store, [linear, neural], task),
  };
}

/** Leaves both models in sections of their own, and how they are fused. */
async function trainRecommended(
  store: Pick<FeatureStore, 'manifest' | 'copies'>,
  trainers: readonly [FoldTrainer, FoldTrainer],
  task: FoldTask,
): Promise<FoldModel> {
  const { section, sides } = task;
  const models: FoldModel[] = [];
  const dispose = (): void => {
    for (const model of models) model.dispose();
  };
  try {
    for (const [index, part] of RECOMMENDED_PARTS.entries()) {
      models.push(await trainers[index].train({ ...task, section: section.section(part) }));
    }
    const [linear, neural] = models;
    const watched = rowsOf(store, sides.validation, { rows: sides.rows, training: false });
    const labels = watched.map(({ clip }) => store.manifest.clips[clip].label);
    const answers = [await linear.predict(watched), await neural.predict(watched)] as const;
    const fusion: Fusion = fitFusion(...answers, labels, EMOTIONS.length);
    section.writeJson('labels.json', EMOTIONS);
    section.writeJson(RECOMMENDED_FILE, fusion);
    return {
      members: models.flatMap(({ members }) => members),
      interrupted: models.some(({ interrupted }) => interrupted),
      predict: async (rows) => fuse(await linear.predict(rows), await neural.predict(rows), fusion, EMOTIONS.length),
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}
