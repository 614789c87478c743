/** The recommended model: a fusion of linear and neural models, which make different errors. */
import { EMOTIONS } from '../../data/labels';
import { object, type Schema } from '../../schema';
import { rowsOf } from '../../training/dataset';
import type { FoldModel, FoldTask, FoldTrainer, Recipe } from '../../training/recipe';
import { convolutionalRecipe } from '../convolutional/recipe';
import type { TrainerStore } from '../leave-actors-out';
import { type SentenceTrainer, sentenceTrainer } from '../sentence/recipe';
import { computeSentences } from '../sentence/recordings';
import { utteranceTrainer } from '../utterance/recipe';
import { computeUtterances } from '../utterance/recordings';
import { type Fusion, fitFusion, fuse, fusionSchema } from './fusion';

/** File that marks an artefact folder of this model and holds the fusion weights. */
export const RECOMMENDED_FILE = 'recommended.json';
/** Artefact folders of its parts. */
const RECOMMENDED_PARTS = ['sentence', 'utterance', 'convolutional'] as const;

/** recommended.json. */
export interface RecommendedFusions {
  /** Of `sentence` and `convolutional`, for recordings of a trained sentence. */
  known: Fusion;
  /** Of `utterance` and `convolutional`, for all others. */
  other: Fusion;
}

export const fusionsSchema: Schema<RecommendedFusions> = object({ known: fusionSchema, other: fusionSchema });

/** The parts by name. */
export type RecommendedTrainers = {
  [Part in (typeof RECOMMENDED_PARTS)[number]]: Part extends 'sentence' ? SentenceTrainer : FoldTrainer;
};

/** Ridge regression on sounds and whole utterances, fused with convolutional networks on spectrograms. */
export const recommendedRecipe: Recipe = {
  title: 'ridge regression on the sounds of a sentence and convolutions over spectrograms, fused',
  settings: convolutionalRecipe.settings,
  ignores: convolutionalRecipe.ignores,
  prepare: async (store, settings) => {
    const utterances = await computeUtterances(store);
    return recommendedTrainer(store, {
      sentence: sentenceTrainer(store, utterances, await computeSentences(store)),
      utterance: utteranceTrainer(store, utterances),
      convolutional: await convolutionalRecipe.prepare(store, settings),
    });
  },
};

/** Trainer bound to precomputed features. */
export function recommendedTrainer(store: TrainerStore, trainers: RecommendedTrainers): FoldTrainer {
  const { sentence, utterance, convolutional } = trainers;
  return {
    configuration: {
      ...convolutional.configuration,
      model: 'recommended',
      sentence: sentence.configuration,
      utterance: utterance.configuration,
      convolutional: convolutional.configuration,
    },
    describe: () => RECOMMENDED_PARTS.map((part) => trainers[part].describe()).join('\n\n'),
    train: (task) => trainRecommended(store, trainers, task),
  };
}

/** Writes each model to its own artefact folder, and the fusion weights. */
async function trainRecommended(
  store: TrainerStore,
  trainers: RecommendedTrainers,
  task: FoldTask,
): Promise<FoldModel> {
  const { artefacts, sides } = task;
  const models: FoldModel[] = [];
  const dispose = (): void => {
    for (const model of models) model.dispose();
  };
  const train = async <Model extends FoldModel>(
    part: (typeof RECOMMENDED_PARTS)[number],
    trainer: { train(task: FoldTask): Promise<Model> },
  ): Promise<Model> => {
    const model = await trainer.train({ ...task, artefacts: artefacts.subfolder(part) });
    models.push(model);
    return model;
  };
  try {
    const sentence = await train('sentence', trainers.sentence);
    const utterance = await train('utterance', trainers.utterance);
    const neural = await train('convolutional', trainers.convolutional);
    const validation = rowsOf(store, sides.validation, { rows: sides.rows, training: false });
    const labels = validation.map(({ clip }) => store.manifest.clips[clip].label);
    const neuralOutputs = await neural.predict(validation);
    const fusions: RecommendedFusions = {
      known: fitFusion(await sentence.predict(validation), neuralOutputs, labels, EMOTIONS.length),
      other: fitFusion(await utterance.predict(validation), neuralOutputs, labels, EMOTIONS.length),
    };
    artefacts.writeJson('labels.json', EMOTIONS);
    artefacts.writeJson(RECOMMENDED_FILE, fusions);
    return {
      members: models.flatMap(({ members }) => members),
      interrupted: models.some(({ interrupted }) => interrupted),
      predict: async (rows) => {
        const predictions = {
          sentence: await sentence.predict(rows),
          utterance: await utterance.predict(rows),
          convolutional: await neural.predict(rows),
          known: await sentence.known(rows),
        };
        return fuseParts(predictions, fusions);
      },
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** Predictions of the parts, each [recordings × emotions], and whether each recording is of a trained sentence. */
export interface PartPredictions extends Record<(typeof RECOMMENDED_PARTS)[number], Float32Array> {
  known: readonly boolean[];
}

/** Fuses the predictions of the parts, [recordings × emotions]. */
export function fuseParts(predictions: PartPredictions, { known, other }: RecommendedFusions): Float32Array {
  const classes = EMOTIONS.length;
  const result = fuse(predictions.utterance, predictions.convolutional, other, classes);
  const bySound = fuse(predictions.sentence, predictions.convolutional, known, classes);
  predictions.known.forEach((isKnown, row) => {
    if (isKnown) result.set(bySound.subarray(row * classes, (row + 1) * classes), row * classes);
  });
  return result;
}
