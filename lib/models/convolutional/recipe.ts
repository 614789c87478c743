/** Convolutional networks on spectrograms; the first is not trained on the validation actors. */
import type { Clip } from '../../data/clip';
import { EMOTIONS } from '../../data/labels';
import { SerError } from '../../errors';
import { concatenate } from '../../features/matrix';
import { fitScaler } from '../../features/scaler';
import { saveModel } from '../../layers/model-file';
import type { JsonValue } from '../../training/callbacks/callback';
import { historyCsv } from '../../training/callbacks/logs';
import { type Dataset, rowAt, scaled } from '../../training/dataset';
import { fit, INTERRUPTED } from '../../training/fit';
import { classWeights } from '../../training/loss';
import type { FoldModel, FoldTask, FoldTrainer, MemberSummary, Recipe, TrainingSettings } from '../../training/recipe';
import { trainingRules } from '../../training/rules';
import { removeCheckpoint } from '../../training/runs/checkpoint';
import { describeNetwork } from '../family';
import { leaveActorsOut, type TrainerStore } from '../leave-actors-out';
import { computeSpectrograms, SPECTROGRAM, type Spectrograms } from './clip-spectrogram';
import { CONVOLUTIONAL_FILE, type EnsembleNetwork, memberFolder, NetworkEnsemble } from './ensemble';
import { residualCrnn } from './residual-crnn';
import { spectrogramAugmentation } from './spectrogram-augmentation';

/** Constants of the recipe. */
export const CONVOLUTIONAL_RECIPE = {
  /** Number of networks. The first omits the validation actors, each other one a single training actor. */
  bags: 2,
  /** Channels of the first convolution. */
  width: 24,
  /** Exponent of the class weights, from 0 (all clips weigh the same) to 1 (all emotions weigh the same). */
  classPower: 0.5,
  /**
   * Time constants of the weight average within a training. 9 for 1,740 steps is a momentum of 0.995. Weights of the
   * first half then have a share of e^−4.5, so the average needs no late start.
   */
  forgettings: 9,
} as const;

/** From experiments with the same network in PyTorch; not tuned here. */
const SETTINGS: TrainingSettings = {
  ...{ epochs: 60, batchSize: 32, learningRate: 0.002, specAugment: true, classWeights: true },
  rules: { schedule: 'one-cycle', labelSmoothing: 0.1, mixup: 0.3, weightDecay: 0.02, clipNorm: 2 },
};

/** Convolutional networks on spectrograms. */
export const convolutionalRecipe: Recipe = {
  title: 'residual convolutions over log-mel spectrograms, a GRU from both ends, attentive pooling',
  settings: SETTINGS,
  ignores: ['patience'],
  prepare: async (store, settings) => convolutionalTrainer(store, await computeSpectrograms(store), settings),
};

/**
 * Trainer bound to precomputed spectrograms.
 *
 * @param width channels of the first convolution; smaller in tests
 */
export function convolutionalTrainer(
  store: TrainerStore,
  spectrograms: Spectrograms,
  { rules, ...numbers }: TrainingSettings,
  width: number = CONVOLUTIONAL_RECIPE.width,
): FoldTrainer {
  const { frames, bands } = spectrograms;
  return {
    configuration: {
      ...{ model: 'convolutional', ...CONVOLUTIONAL_RECIPE, width, ...numbers, spectrogram: SPECTROGRAM.version },
      ...(rules ? { rules: { ...rules } as JsonValue } : {}),
    },
    describe: () => `${NETWORKS} ×\n${describeNetwork(residualCrnn({ frames, bands, width }))}`,
    train: (task) => trainConvolutional({ store, spectrograms, settings: { ...numbers, rules }, width }, task),
  };
}

const { bags: NETWORKS, classPower, forgettings } = CONVOLUTIONAL_RECIPE;

/** Data and settings shared by all folds. */
interface SharedData {
  store: TrainerStore;
  spectrograms: Spectrograms;
  settings: TrainingSettings;
  width: number;
}

/** Writes each network, with its scaler and history, to its own artefact folder. */
async function trainConvolutional(shared: SharedData, task: FoldTask): Promise<FoldModel> {
  const { artefacts } = task;
  const members: EnsembleNetwork[] = [];
  const summaries: MemberSummary[] = [];
  try {
    for (const [index, sides] of drawMembers(shared.store, task).entries()) {
      const { member, summary } = await trainMember(shared, task, sides, index + 1);
      members.push(member);
      summaries.push(summary);
    }
    artefacts.writeJson('labels.json', EMOTIONS);
    artefacts.writeJson(CONVOLUTIONAL_FILE, { settings: SPECTROGRAM, members: members.length });
  } catch (error) {
    for (const { model } of members) model.dispose();
    throw error;
  }
  // Not earlier: until all members are trained, a finished member's checkpoint is needed for resuming.
  for (const [index] of members.entries()) removeCheckpoint(memberFolder(artefacts, index + 1).file('checkpoint.json'));
  const ensemble = new NetworkEnsemble(members);
  return {
    members: summaries,
    interrupted: false,
    predict: (rows) => {
      const clips = rows.map(({ clip }) => clip);
      return ensemble.predict(clips, shared.spectrograms);
    },
    dispose: () => ensemble.dispose(),
  };
}

/** Clips that a network is trained on, and clips of other actors that monitor it. */
interface MemberSides {
  train: number[];
  watch: number[];
}

/**
 * The first network omits the validation side, so that it can predict it. Each other network trains on it, and is
 * monitored on a single training actor that it omits. Positions become clips: random augmentation replaces the
 * augmented copies.
 */
function drawMembers(store: TrainerStore, { sides, seed }: FoldTask): MemberSides[] {
  const indexOf = (position: number): number => rowAt(store, position, sides.rows).clip;
  const clipAt = (position: number): Clip => store.manifest.clips[indexOf(position)];
  const clipsOf = (positions: readonly number[]): number[] => [...new Set(positions.map(indexOf))];
  const actors = new Set(sides.train.map((position) => clipAt(position).actor)).size;
  const drawn = leaveActorsOut(clipAt, sides, { models: Math.max(2, actors) + 1, seed });
  return drawn.slice(0, NETWORKS).map(({ train }, index) => {
    const included = new Set(train);
    const left = index === 0 ? sides.validation : sides.train.filter((position) => !included.has(position));
    return { train: clipsOf(train), watch: clipsOf(left) };
  });
}

/**
 * Trains for a fixed number of epochs. The monitoring clips do not affect the result, unless `rules.schedule` is
 * `plateau`.
 */
async function trainMember(
  { store, spectrograms, settings, width }: SharedData,
  task: FoldTask,
  { train, watch }: MemberSides,
  number: number,
): Promise<{ member: EnsembleNetwork; summary: MemberSummary }> {
  const artefacts = memberFolder(task.artefacts, number);
  const name = `convolutional-${number}`;
  const raw = gather(store, spectrograms, train);
  const scaler = fitScaler(raw.features, spectrograms.bands, { divisor: train.length * spectrograms.frames });
  const { epochs, batchSize, learningRate, rules = {} } = settings;
  const steps = epochs * Math.ceil(train.length / batchSize);
  const { callbacks, ...ruled } = trainingRules(rules, { learningRate, steps });
  const { frames, bands } = spectrograms;
  const seed = task.seed + 1000 * (number - 1);
  const model = residualCrnn({ frames, bands, width, seed });
  try {
    const history = await fit(model, {
      ...{ train: scaled(raw, scaler), validation: scaled(gather(store, spectrograms, watch), scaler) },
      ...{ epochs, batchSize, learningRate, seed, checkpoint: artefacts.file('checkpoint.json') },
      ...{ interrupt: task.interrupt, ...ruled },
      weightAverage: ruled.weightAverage ?? Math.max(0, 1 - forgettings / steps),
      callbacks: [
        ...callbacks.filter(({ name: rule }) => !rule.startsWith('earlyStopping')),
        historyCsv(artefacts.file('history.csv')),
      ],
      ...(settings.classWeights
        ? { classWeights: classWeights(raw.labels, { classes: EMOTIONS.length, power: classPower }) }
        : {}),
      ...(settings.specAugment ? { augmentation: spectrogramAugmentation() } : {}),
      onBatch: (progress) => task.onBatch?.(progress, name),
    });
    if (history.ended === INTERRUPTED) {
      const rule = `all epochs of ${NETWORKS} networks must be trained, got an interrupt in network ${number}`;
      throw new SerError('bad-training', `trainConvolutional: ${rule}; use the same run name to resume`);
    }
    await saveModel(model, artefacts.file('model'));
    artefacts.writeJson('scaler.json', scaler);
    return {
      member: { model, scaler, trainedOn: new Set(train) },
      summary: { name, parameters: model.countParams(), history },
    };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Unscaled spectrograms of clips. */
function gather(
  { manifest }: TrainerStore,
  { values, frames, bands }: Spectrograms,
  clips: readonly number[],
): Dataset {
  const size = frames * bands;
  return {
    features: concatenate(clips.map((clip) => values.subarray(clip * size, (clip + 1) * size))),
    labels: Int32Array.from(clips, (clip) => manifest.clips[clip].label),
    clips: Int32Array.from(clips),
    frames,
    coefficients: bands,
  };
}
