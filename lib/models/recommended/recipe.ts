/** The recommended model and its variant without pretrained parts: linear models fused with a network. */
import { EMOTIONS } from '../../data/labels';
import { object, type Schema } from '../../schema';
import { rowsOf } from '../../training/dataset';
import type { FoldModel, FoldTask, FoldTrainer, Recipe } from '../../training/recipe';
import { convolutionalRecipe } from '../convolutional/recipe';
import { encoderRecipe } from '../encoder/recipe';
import { type TrainerStore, trainableRows } from '../leave-actors-out';
import { type SentenceTrainer, sentenceTrainer } from '../sentence/recipe';
import { computeSentences } from '../sentence/recordings';
import { utteranceTrainer } from '../utterance/recipe';
import { computeUtterances } from '../utterance/recordings';
import { type Fusion, fitFusion, fuse, fusionSchema } from './fusion';

/** File that marks an artefact folder of this model and holds the fusion weights. */
export const RECOMMENDED_FILE = 'recommended.json';
/** The network that is fused with the linear models: pretrained and frozen, or trained from scratch. */
export type FusedNetwork = 'encoder' | 'convolutional';

/** recommended.json. */
export interface RecommendedFusions {
  /** Of `sentence` and the network, for recordings of a trained sentence. */
  known: Fusion;
  /** Of `utterance` and the network, for all others. */
  other: Fusion;
}

export const fusionsSchema: Schema<RecommendedFusions> = object({ known: fusionSchema, other: fusionSchema });

/** Trainers of the parts. */
export interface RecommendedTrainers {
  sentence: SentenceTrainer;
  utterance: FoldTrainer;
  network: FoldTrainer;
}

/** Linear models of sounds and whole utterances, fused with a linear model of a pretrained encoder's states. */
export const recommendedRecipe: Recipe = {
  title: 'ridge regression on the sounds of a sentence and on a pretrained encoder (GE2E), fused',
  settings: encoderRecipe.settings,
  ignores: encoderRecipe.ignores,
  prepare: async (store, settings) =>
    recommendedTrainer(store, 'encoder', await partTrainers(store, await encoderRecipe.prepare(store, settings))),
};

/** The same with convolutional networks in place of the encoder: everything is trained on the corpus alone. */
export const fromScratchRecipe: Recipe = {
  title: 'ridge regression on the sounds of a sentence and convolutions over spectrograms, fused',
  settings: convolutionalRecipe.settings,
  ignores: convolutionalRecipe.ignores,
  prepare: async (store, settings) => {
    const network = await convolutionalRecipe.prepare(store, settings);
    return recommendedTrainer(store, 'convolutional', await partTrainers(store, network));
  },
};

async function partTrainers(
  store: TrainerStore & Parameters<typeof computeUtterances>[0],
  network: FoldTrainer,
): Promise<RecommendedTrainers> {
  const utterances = await computeUtterances(store);
  return {
    sentence: sentenceTrainer(store, utterances, await computeSentences(store)),
    utterance: utteranceTrainer(store, utterances),
    network,
  };
}

/** Trainer bound to precomputed features. */
export function recommendedTrainer(
  store: TrainerStore,
  kind: FusedNetwork,
  trainers: RecommendedTrainers,
): FoldTrainer {
  const { sentence, utterance, network } = trainers;
  return {
    configuration: {
      ...network.configuration,
      model: kind === 'encoder' ? 'recommended' : 'from-scratch',
      sentence: sentence.configuration,
      utterance: utterance.configuration,
      [kind]: network.configuration,
    },
    describe: () => [sentence, utterance, network].map((part) => part.describe()).join('\n\n'),
    train: (task) => trainRecommended(store, kind, trainers, task),
  };
}

/** Writes each model to its own artefact folder, and the fusion weights. */
async function trainRecommended(
  store: TrainerStore,
  kind: FusedNetwork,
  trainers: RecommendedTrainers,
  task: FoldTask,
): Promise<FoldModel> {
  const { artefacts, sides } = task;
  const models: FoldModel[] = [];
  const dispose = (): void => {
    for (const model of models) model.dispose();
  };
  const train = async <Model extends FoldModel>(
    part: string,
    trainer: { train(task: FoldTask): Promise<Model> },
  ): Promise<Model> => {
    const model = await trainer.train({ ...task, artefacts: artefacts.subfolder(part) });
    models.push(model);
    return model;
  };
  try {
    const sentence = await train('sentence', trainers.sentence);
    const utterance = await train('utterance', trainers.utterance);
    const network = await train(kind, trainers.network);
    // Linear models have out-of-fold predictions for all actors of the fold, networks for the validation side.
    const rows =
      kind === 'encoder'
        ? trainableRows(store, sides)
        : rowsOf(store, sides.validation, { rows: sides.rows, training: false });
    const labels = rows.map(({ clip }) => store.manifest.clips[clip].label);
    const outputs = await network.predict(rows);
    const fusions: RecommendedFusions = {
      known: fitFusion(await sentence.predict(rows), outputs, labels, EMOTIONS.length),
      other: fitFusion(await utterance.predict(rows), outputs, labels, EMOTIONS.length),
    };
    artefacts.writeJson('labels.json', EMOTIONS);
    artefacts.writeJson(RECOMMENDED_FILE, fusions);
    return {
      members: models.flatMap(({ members }) => members),
      interrupted: models.some(({ interrupted }) => interrupted),
      predict: async (asked) => {
        const predictions = {
          sentence: await sentence.predict(asked),
          utterance: await utterance.predict(asked),
          network: await network.predict(asked),
          known: await sentence.known(asked),
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
export interface PartPredictions extends Record<keyof RecommendedTrainers, Float32Array> {
  known: readonly boolean[];
}

/** Fuses the predictions of the parts, [recordings × emotions]. */
export function fuseParts(predictions: PartPredictions, { known, other }: RecommendedFusions): Float32Array {
  const classes = EMOTIONS.length;
  const result = fuse(predictions.utterance, predictions.network, other, classes);
  const bySound = fuse(predictions.sentence, predictions.network, known, classes);
  predictions.known.forEach((isKnown, row) => {
    if (isKnown) result.set(bySound.subarray(row * classes, (row + 1) * classes), row * classes);
  });
  return result;
}
