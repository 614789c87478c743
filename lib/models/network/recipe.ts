/** Recipes of a single network on the features of notebook 2, trained by the original's rules. */
import path from 'node:path';
import { TRAINING } from '../../config';
import { EMOTIONS } from '../../data/labels';
import { SerError } from '../../errors';
import { specAugmentBatch } from '../../features/mel/spec-augment';
import type { FeatureStore } from '../../features/store/store';
import { saveKeras } from '../../layers/keras/save';
import { loadModel, saveModel } from '../../layers/model-file';
import { tf } from '../../tensorflow';
import type { Callback, JsonValue, Training } from '../../training/callbacks/callback';
import { historyCsv, tensorBoard } from '../../training/callbacks/logs';
import { modelCheckpoint } from '../../training/callbacks/validation-loss';
import { gatherRows, scaled, trainingData } from '../../training/dataset';
import { fit, INTERRUPTED } from '../../training/fit';
import { classWeights } from '../../training/loss';
import { predictRows } from '../../training/predict-rows';
import type { FoldModel, FoldTask, FoldTrainer, Recipe, TrainingSettings } from '../../training/recipe';
import { trainingRules } from '../../training/rules';
import { removeCheckpoint } from '../../training/runs/checkpoint';
import type { BatchAugmentation } from '../../training/step';
import { describeNetwork } from '../family';

/** Makes an untrained network for [rows, frames, coefficients, 1]. */
export type NetworkBuilder = (shape: { frames: number; coefficients: number; seed: number }) => tf.LayersModel;

/** The original's settings. */
const ORIGINAL: TrainingSettings = {
  epochs: TRAINING.epochs,
  batchSize: TRAINING.batchSize,
  learningRate: TRAINING.learningRate,
  specAugment: false,
  classWeights: false,
};

/**
 * A recipe of one network: Adam, learning-rate reduction on plateaus, early stopping, best epoch by validation loss.
 */
export function networkRecipe(
  name: string,
  title: string,
  build: NetworkBuilder,
  settings: Partial<TrainingSettings> = {},
): Recipe {
  return {
    title,
    settings: { ...ORIGINAL, ...settings },
    prepare: async (store, { rules, ...numbers }): Promise<FoldTrainer> => ({
      configuration: { model: name, ...numbers, ...(rules ? { rules: { ...rules } as JsonValue } : {}) },
      describe: () =>
        describeNetwork(build({ frames: store.frames, coefficients: store.coefficients, seed: TRAINING.seed })),
      train: (task) => trainNetwork(name, build, store, { ...numbers, rules }, task),
    }),
  };
}

/**
 * Writes the best model in TensorFlow.js's layers format, and as best.keras for Python if Keras supports all its layers
 * (attentive pooling, for example, it does not).
 *
 * best.keras also holds the optimiser's state after that epoch, so that `model.fit` in Python continues the training, on
 * plain cross-entropy: the file has no class weights, label smoothing or mixup.
 */
async function saveBest(model: tf.LayersModel, folder: string, training: Training): Promise<void> {
  await saveModel(model, folder);
  try {
    await saveKeras(model, path.join(path.dirname(folder), 'best.keras'), { optimizer: training.optimizerState() });
  } catch (error) {
    if (!(error instanceof SerError && error.code === 'bad-model')) throw error;
  }
}

/** Writes the best model, its scaler, its labels and the history table to the task's artefact folder. */
async function trainNetwork(
  name: string,
  build: NetworkBuilder,
  store: FeatureStore,
  settings: TrainingSettings,
  { sides, artefacts, seed, tensorBoard: logs, interrupt, onBatch }: FoldTask,
): Promise<FoldModel> {
  const { train, validation, scaler } = trainingData(store, sides);
  artefacts.writeJson('scaler.json', scaler);
  artefacts.writeJson('labels.json', EMOTIONS);
  artefacts.writeJson('features.json', { kind: store.manifest.parameters.features });
  const { epochs, batchSize, learningRate } = settings;
  const steps = epochs * Math.ceil(train.labels.length / batchSize);
  const { callbacks: ruled, ...rules } = trainingRules(settings.rules ?? {}, { learningRate, steps });
  const callbacks: Callback[] = [
    ...ruled,
    modelCheckpoint(artefacts.file('model'), { save: saveBest }),
    historyCsv(artefacts.file('history.csv')),
    ...(logs ? [tensorBoard(artefacts.file('tensorboard'))] : []),
  ];
  const checkpoint = artefacts.file('checkpoint.json');
  const network = build({ frames: store.frames, coefficients: store.coefficients, seed });
  const parameters = network.countParams();
  try {
    const history = await fit(network, {
      ...{ train, validation, epochs, batchSize, learningRate, seed, callbacks, checkpoint, interrupt, ...rules },
      ...(settings.classWeights ? { classWeights: classWeights(train.labels, { classes: EMOTIONS.length }) } : {}),
      ...(settings.specAugment ? { augmentation: SPEC_AUGMENTATION } : {}),
      onBatch: (progress) => onBatch?.(progress, name),
    });
    const interrupted = history.ended === INTERRUPTED;
    if (!interrupted) removeCheckpoint(checkpoint);
    if (history.epochs.length === 0) {
      throw new SerError(
        'bad-training',
        `trainNetwork: one epoch must be finished, got an interrupt before; use the same run name to resume`,
      );
    }
    const best = await loadModel(artefacts.existingFile('model'));
    return {
      members: [{ name, parameters, history }],
      interrupted,
      predict: (rows) => predictRows(best, scaled(gatherRows(store, rows), scaler)),
      dispose: () => best.dispose(),
    };
  } finally {
    network.dispose();
  }
}

/**
 * Masks stretches of frames and ranges of coefficients of every row, drawn anew in each step.
 *
 * Rows are standardised by then, so a masked value becomes 0, the mean over the training rows.
 */
const SPEC_AUGMENTATION: BatchAugmentation = {
  name: 'specAugment {}',
  apply(batch, random) {
    const [, frames, coefficients] = batch.shape;
    const masked = specAugmentBatch(batch.dataSync<'float32'>(), { frames, coefficients }, random, { fill: 0 });
    return tf.tensor4d(masked, batch.shape);
  },
};
