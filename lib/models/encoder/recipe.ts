/** Linear models on the pretrained encoder's statistics, each recording at several playback speeds. */
import { EMOTIONS } from '../../data/labels';
import { applyScaler, type FeatureScaler, fitScaler } from '../../features/scaler';
import { rowAt, type TrainingSides } from '../../training/dataset';
import type { FoldTrainer, Recipe } from '../../training/recipe';
import type { TrainerStore } from '../leave-actors-out';
import { LIMIT, meanClassifier, type RidgeClassifier } from '../ridge';
import { utteranceRecipe } from '../utterance/recipe';
import { type ClipVectors, fitVectorEnsemble, type VectorEnsemble } from '../vector-ensemble';
import { ENCODER_FILE, ENCODER_SETTINGS, type EncoderModel } from './model';
import { ENCODER_RECIPE } from './settings';
import { computeEncoderVectors } from './statistics';
import { type EncoderWeights, loadEncoderWeights, saveEncoderWeights } from './weights';

/** Ridge regression on the states of the pretrained speech encoder, which itself is not trained. */
export const encoderRecipe: Recipe = {
  title: 'ridge regression on the states of a speech encoder pretrained on thousands of speakers (GE2E)',
  settings: utteranceRecipe.settings,
  ignores: utteranceRecipe.ignores,
  prepare: async (store) => {
    const weights = loadEncoderWeights();
    return encoderTrainer(store, await computeEncoderVectors(store, weights), weights);
  },
};

/** Trainer bound to precomputed statistics. */
export function encoderTrainer(store: TrainerStore, vectors: ClipVectors, weights: EncoderWeights): FoldTrainer {
  const { bags: models, penalties } = ENCODER_RECIPE;
  const parameters = (vectors.features + 1) * EMOTIONS.length;
  return {
    configuration: {
      ...{ model: 'encoder', bags: models, penalties: [...penalties] },
      ...{ statistics: ENCODER_SETTINGS.statistics.version, speeds: [...ENCODER_SETTINGS.statistics.speeds] },
    },
    describe: () =>
      `mean of ${models} × ridge regression: ${vectors.features} statistics of the encoder's states → ` +
      `${EMOTIONS.length} emotions, ${parameters} parameters`,
    train: async (task) => {
      const scaler = scalerOf(vectors, clipsOf(store, task.sides));
      const standard = { ...vectors, values: applyScaler(vectors.values, scaler) };
      let best: (VectorEnsemble & { penalty: number }) | undefined;
      for (const penalty of penalties) {
        const ensemble = await fitVectorEnsemble(store, standard, task, {
          ...{ caller: 'trainEncoder', models, penalty, standardised: true, solver: 'conjugate-gradients' },
        });
        if (!best || ensemble.loss < best.loss) best = { ...ensemble, penalty };
      }
      const { classifiers, inverseTemperature, penalty, predict } = best as NonNullable<typeof best>;
      const model: EncoderModel = {
        ...{ settings: ENCODER_SETTINGS, penalty, sharpness: inverseTemperature },
        classifier: rounded({ ...meanClassifier(classifiers), ...scaler }),
      };
      saveEncoderWeights(task.artefacts, weights);
      task.artefacts.writeJson(ENCODER_FILE, model);
      task.artefacts.writeJson('labels.json', EMOTIONS);
      return { members: [{ name: 'encoder', parameters }], interrupted: false, predict, dispose: () => {} };
    },
  };
}

/** Clips of the training side, each once. */
const clipsOf = (store: TrainerStore, { train, rows }: TrainingSides): number[] => [
  ...new Set(train.map((position) => rowAt(store, position, rows).clip)),
];

/** Fits one scaler for all classifiers of the ensemble, whose mean is a classifier then. */
function scalerOf({ values, versions, features }: ClipVectors, clips: readonly number[]): FeatureScaler {
  const rows = clips.flatMap((clip) => Array.from({ length: versions }, (_, version) => clip * versions + version));
  return { ...fitScaler(values, features, { rows }), limit: LIMIT };
}

/** Seven digits of each number, as many as single precision has, which halves the file. */
function rounded({ mean, deviation, weights, bias, ...rest }: RidgeClassifier): RidgeClassifier {
  const short = (values: readonly number[]): number[] => values.map((value) => Number(value.toPrecision(7)));
  return { ...rest, mean: short(mean), deviation: short(deviation), weights: weights.map(short), bias: short(bias) };
}
