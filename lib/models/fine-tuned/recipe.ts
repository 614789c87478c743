/** Fine-tuning of the pretrained encoder on the training actors of a fold. */
import type { Clip } from '../../data/clip';
import { EMOTIONS } from '../../data/labels';
import { SerError } from '../../errors';
import { concatenate } from '../../features/matrix';
import { saveModel } from '../../layers/model-file';
import type { tf } from '../../tensorflow';
import type { JsonValue } from '../../training/callbacks/callback';
import { historyCsv } from '../../training/callbacks/logs';
import { type Dataset, rowAt } from '../../training/dataset';
import { fit, INTERRUPTED } from '../../training/fit';
import { classWeights } from '../../training/loss';
import { predictRows } from '../../training/predict-rows';
import type { FoldModel, FoldTask, FoldTrainer, Recipe, TrainingSettings } from '../../training/recipe';
import { trainingRules } from '../../training/rules';
import { removeCheckpoint } from '../../training/runs/checkpoint';
import { ENCODER } from '../encoder/settings';
import { type EncoderWeights, loadEncoderWeights } from '../encoder/weights';
import { describeNetwork } from '../family';
import type { TrainerStore } from '../leave-actors-out';
import { encoderAugmentation } from './augmentation';
import { computeEncoderInputs, type EncoderInputs } from './input';
import { ENCODER_COLUMNS, encoderNetwork } from './network';
import { ENCODER_INPUT } from './settings';

/** File that marks an artefact folder of this model. */
export const FINE_TUNED_FILE = 'fine-tuned.json';

/** Constants of the recipe. */
export const FINE_TUNING = {
  /** Learning rate of the pretrained layers, relative to the others. With 0.2 a fold of five diverged (LOG.md). */
  pretrainedRate: 0.1,
  /** Exponent of the class weights, from 0 (all clips weigh the same) to 1 (all emotions weigh the same). */
  classPower: 0.5,
  /** Time constants of the weight average within a training. */
  forgettings: 9,
} as const;

/** Each epoch has every clip at three speeds. */
const SETTINGS: TrainingSettings = {
  ...{ epochs: 5, batchSize: 32, learningRate: 0.002, specAugment: true, classWeights: true },
  rules: { schedule: 'one-cycle', labelSmoothing: 0.1, weightDecay: 0.02, clipNorm: 1 },
};

/** The pretrained speech encoder, fine-tuned. */
export const fineTunedRecipe: Recipe = {
  title: 'speech encoder pretrained on thousands of speakers (GE2E), fine-tuned',
  settings: SETTINGS,
  ignores: ['patience'],
  prepare: async (store, settings) => {
    const weights = loadEncoderWeights();
    return fineTunedTrainer(store, await computeEncoderInputs(store), weights, settings);
  },
};

/** Trainer bound to precomputed inputs. */
export function fineTunedTrainer(
  store: TrainerStore,
  inputs: EncoderInputs,
  weights: EncoderWeights,
  settings: TrainingSettings,
): FoldTrainer {
  const { rules, ...numbers } = settings;
  return {
    configuration: {
      ...{ model: 'encoder-fine-tuned', ...FINE_TUNING, ...numbers, encoder: ENCODER.version },
      ...(rules ? { rules: { ...rules } as JsonValue } : {}),
    },
    describe: () => describeNetwork(encoderNetwork({ frames: ENCODER_INPUT.frames })),
    train: (task) => fineTune({ store, inputs, weights, settings }, task),
  };
}

interface SharedData {
  store: TrainerStore;
  inputs: EncoderInputs;
  weights: EncoderWeights;
  settings: TrainingSettings;
}

/** Writes the network and its history to the task's artefact folder. */
async function fineTune(shared: SharedData, task: FoldTask): Promise<FoldModel> {
  const { store, inputs, weights, settings } = shared;
  const { sides, artefacts, seed } = task;
  const clipsOf = (positions: readonly number[]): number[] => [
    ...new Set(positions.map((position) => rowAt(store, position, sides.rows).clip)),
  ];
  const versions = [...ENCODER_INPUT.speeds.keys()];
  const train = gather(inputs, clipsOf(sides.train), versions, store.manifest.clips);
  const validation = gather(inputs, clipsOf(sides.validation), [0], store.manifest.clips);
  const { epochs, batchSize, learningRate, rules = {} } = settings;
  const steps = epochs * Math.ceil(train.labels.length / batchSize);
  const { callbacks, optimizer, ...ruled } = trainingRules(rules, { learningRate, steps });
  const { pretrainedRate, classPower, forgettings } = FINE_TUNING;
  const checkpoint = artefacts.file('checkpoint.json');
  const network = encoderNetwork({ frames: ENCODER_INPUT.frames, weights, seed });
  try {
    const history = await fit(network, {
      ...{ train, validation, epochs, batchSize, learningRate, seed, checkpoint, interrupt: task.interrupt, ...ruled },
      optimizer: { ...optimizer, rates: { 'encoder/lstm': pretrainedRate } },
      weightAverage: ruled.weightAverage ?? Math.max(0, 1 - forgettings / steps),
      callbacks: [
        ...callbacks.filter(({ name }) => !name.startsWith('earlyStopping')),
        historyCsv(artefacts.file('history.csv')),
      ],
      ...(settings.classWeights
        ? { classWeights: classWeights(train.labels, { classes: EMOTIONS.length, power: classPower }) }
        : {}),
      ...(settings.specAugment ? { augmentation: encoderAugmentation() } : {}),
      onBatch: (progress) => task.onBatch?.(progress, 'encoder'),
    });
    if (history.ended === INTERRUPTED) {
      const rule = 'all epochs must be trained, got an interrupt';
      throw new SerError('bad-training', `fineTune: ${rule}; use the same run name to resume`);
    }
    await saveModel(network, artefacts.file('model'));
    artefacts.writeJson('labels.json', EMOTIONS);
    artefacts.writeJson(FINE_TUNED_FILE, { settings: { ...ENCODER, ...ENCODER_INPUT } });
    removeCheckpoint(checkpoint);
    return {
      members: [{ name: 'encoder', parameters: network.countParams(), history }],
      interrupted: false,
      predict: (rows) => {
        const clips = rows.map(({ clip }) => clip);
        return meanOverSpeeds(
          network,
          versions.map((version) => gather(inputs, clips, [version])),
        );
      },
      dispose: () => network.dispose(),
    };
  } catch (error) {
    network.dispose();
    throw error;
  }
}

/** Mean probabilities over the playback speeds, [rows × emotions]. */
export function meanOverSpeeds(network: tf.LayersModel, speeds: readonly Dataset[]): Float32Array {
  const predictions = speeds.map((data) => predictRows(network, data));
  return predictions[0].map((_, i) => predictions.reduce((sum, own) => sum + own[i], 0) / predictions.length);
}

/** Rows of clips, each at these speeds; labels are 0 without `clips`. */
export function gather(
  { values, size, speeds }: EncoderInputs,
  chosen: readonly number[],
  versions: readonly number[],
  clips?: readonly Clip[],
): Dataset {
  const rows = chosen.flatMap((clip) => versions.map((version) => ({ clip, version })));
  return {
    features: concatenate(
      rows.map(({ clip, version }) => {
        const first = (clip * speeds + version) * size;
        return values.subarray(first, first + size);
      }),
    ),
    labels: Int32Array.from(rows, ({ clip }) => clips?.[clip].label ?? 0),
    clips: Int32Array.from(rows, ({ clip }) => clip),
    frames: ENCODER_INPUT.frames,
    coefficients: ENCODER_COLUMNS,
  };
}
