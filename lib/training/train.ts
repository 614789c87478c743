/** One training from features to a finished section of a run. */
import path from 'node:path';
import { EMOTIONS } from '../data/labels';
import type { FeatureStore } from '../features/store';
import { originalModel } from '../model/architectures';
import { saveKeras } from '../model/keras/save';
import { saveModel } from '../model/model-file';
import type { tf } from '../tensorflow';
import type { Callback } from './callbacks';
import { removeCheckpoint } from './checkpoint';
import { buildDatasets, type Protocol, type ProtocolData } from './dataset';
import { earlyStopping } from './early-stopping';
import { type BatchProgress, type FitOptions, fit } from './fit';
import { type History, INTERRUPTED } from './history';
import { historyCsv } from './history-csv';
import { modelCheckpoint } from './model-checkpoint';
import { reduceLearningRateOnPlateau } from './plateau';
import type { Run } from './run';
import type { RunSection } from './section';
import { tensorBoard } from './tensorboard';
import { saveTestRows } from './test-rows';

/** What of `fit` may be changed; the original's otherwise. */
type Tuning = Pick<
  FitOptions,
  'optimizer' | 'weightAverage' | 'labelSmoothing' | 'classWeights' | 'mixup' | 'augmentation'
>;

/** Options of `trainProtocol`. */
export interface TrainOptions extends Tuning {
  run: Run;
  store: FeatureStore;
  protocol: Protocol;
  /** At most; default 60. */
  epochs?: number;
  batchSize?: number;
  learningRate?: number;
  seed?: number;
  /** For `actor-split`; where empty or absent, as `splitByActor` chooses. */
  testActors?: readonly number[];
  /** Also write logs for TensorBoard into the section's folder `tensorboard`; default false. */
  tensorBoard?: boolean;
  onBatch?: (progress: BatchProgress) => void;
}

/** What a training leaves in its section, besides the best model. */
export interface TrainingSummary {
  protocol: Protocol;
  rows: { train: number; validation: number; test: number };
  actors: { train: number[]; validation: number[]; test: number[] };
  leaks: ProtocolData['leaks'];
  parameters: number;
  history: History;
}

/** The section that a protocol's files lie in: the run itself for its own protocol, else a folder of that name. */
export function sectionOf(run: Run, protocol: Protocol): RunSection {
  return run.info.configuration.protocol === protocol ? run : run.section(protocol);
}

/** Writes the best model in TensorFlow.js's layers format, and beside it as best.keras for Python. */
async function saveBest(model: tf.LayersModel, folder: string): Promise<void> {
  await saveModel(model, folder);
  await saveKeras(model, path.join(path.dirname(folder), 'best.keras'));
}

/**
 * Trains the original network under one protocol with the original's callbacks.
 *
 * The section then holds the best model by validation loss (also as best.keras), its scaler and label order, the history (also as a
 * table), and the test rows, which nothing here looks at. Until then `checkpoint.json` keeps the training: after an
 * interrupt or a crash the same call goes on from it.
 *
 * @throws SerError `bad-artefact` if the checkpoint is of other parameters, data or code
 */
export async function trainProtocol(options: TrainOptions): Promise<TrainingSummary> {
  const { run, store, protocol, seed, testActors, onBatch } = options;
  const section = sectionOf(run, protocol);
  const { clips } = store.manifest;
  const data = buildDatasets(store, protocol, { seed, testActors: testActors?.length ? testActors : undefined });
  const model = originalModel({ frames: store.frames, coefficients: store.coefficients, seed });
  const callbacks: Callback[] = [
    reduceLearningRateOnPlateau(),
    earlyStopping(),
    modelCheckpoint(section.file('model'), { save: saveBest }),
    historyCsv(section.file('history.csv')),
  ];
  if (options.tensorBoard) callbacks.push(tensorBoard(section.file('tensorboard')));
  section.writeJson('scaler.json', data.scaler);
  section.writeJson('labels.json', EMOTIONS);
  saveTestRows(section, data.test, clips);
  try {
    const { train, validation } = data;
    const { epochs, batchSize, learningRate, optimizer, weightAverage } = options;
    const { labelSmoothing, classWeights, mixup, augmentation } = options;
    const checkpoint = section.file('checkpoint.json');
    const history = await fit(model, {
      ...{ train, validation, epochs, batchSize, learningRate, optimizer, weightAverage },
      ...{ labelSmoothing, classWeights, mixup, augmentation },
      ...{ seed, callbacks, checkpoint, onBatch },
    });
    const actors = (side: ProtocolData['train']): number[] =>
      [...new Set(Array.from(side.clips, (clip) => clips[clip].actor))].sort((a, b) => a - b);
    const summary: TrainingSummary = {
      protocol,
      rows: { train: train.labels.length, validation: validation.labels.length, test: data.test.labels.length },
      actors: { train: actors(train), validation: actors(validation), test: actors(data.test) },
      leaks: data.leaks,
      parameters: model.countParams(),
      history,
    };
    section.writeJson('history.json', summary);
    if (history.ended !== INTERRUPTED) removeCheckpoint(checkpoint);
    return summary;
  } finally {
    model.dispose();
  }
}
