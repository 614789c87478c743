/** Training under one protocol, fold by fold, from features to a finished artefact folder. */
import { EMOTIONS } from '../data/labels';
import type { Fold } from '../data/split';
import { SerError } from '../errors';
import type { FeatureStore } from '../features/store/store';
import { onInterrupt } from '../interrupt';
import { shown } from '../project';
import { anything, flag, list, number, object, optional, record, type Schema, text } from '../schema';
import type { JsonValue } from './callbacks/callback';
import { describeFold, type FoldFacts, rowsOf, type Sides } from './dataset';
import type { BatchProgress } from './fit';
import type { FoldTrainer, MemberSummary } from './recipe';
import type { ArtefactFolder } from './runs/artefact-folder';
import { type ClipPrediction, readPredictions, writePredictions } from './runs/predictions';
import { differences } from './runs/provenance';
import type { Run } from './runs/run';

/** Progress of a protocol's training. */
export interface TrainingPlace {
  protocol: string;
  /** The fold's position among those of the protocol, from 1. */
  fold: number;
  /** Number of folds. */
  folds: number;
  /** Name of the network in training. */
  member: string;
}

/** Options of `trainProtocol`. */
export interface TrainOptions {
  run: Run;
  store: FeatureStore;
  /** Of `prepareTrainer`; for every protocol of a run the same. */
  trainer: FoldTrainer;
  protocol: string;
  /** Of `foldsOf`. */
  folds: readonly Fold[];
  /** Default 11. */
  seed?: number;
  /** Also write logs for TensorBoard into each fold's folder `tensorboard`; default false. */
  tensorBoard?: boolean;
  onBatch?: (progress: BatchProgress, place: TrainingPlace) => void;
  /** Called once, when the training has ended. */
  onEnd?: (ending: TrainingEnding) => void;
}

/** Outcome of a training. */
export type TrainingEnding = 'finished' | 'interrupted' | 'failed';

/** history.json: results of a fold's training besides its model and predictions. */
export interface FoldSummary extends FoldFacts {
  protocol: string;
  seed: number;
  configuration: Record<string, JsonValue>;
  members: MemberSummary[];
  interrupted: boolean;
  /** Wall time in seconds, without earlier sessions. */
  seconds: number;
}

const whole = number({ from: 0, whole: true });
const sides = <T>(side: Schema<T>): Schema<Sides<T>> => object({ train: side, validation: side, test: side });

const historySchema: Schema<FoldSummary> = object({
  fold: number({ from: 1, whole: true }),
  rows: sides(whole),
  actors: sides(list(whole)),
  leaks: object({ testRows: whole, sameClip: whole, sameActor: whole }),
  protocol: text,
  seed: number({ whole: true }),
  configuration: record as Schema<Record<string, JsonValue>>,
  members: list(
    object({
      name: text,
      parameters: whole,
      history: optional(object({ epochs: list(anything), best: whole, ended: text })),
    }),
  ),
  interrupted: flag,
  seconds: number({ from: 0 }),
});

/** Results of a protocol's training, fold by fold. */
export interface ProtocolSummary {
  protocol: string;
  folds: FoldSummary[];
}

/** Artefact folder of a protocol: the run itself for its own protocol, otherwise a subfolder of that name. */
export function folderOf(run: Run, protocol: string): ArtefactFolder {
  return run.info.configuration.protocol === protocol ? run : run.subfolder(protocol);
}

/** Artefact folder of a fold: the protocol's own if it has one fold, otherwise `fold-1`, `fold-2` and so on. */
function foldFolder(protocol: ArtefactFolder, fold: number, folds: number): ArtefactFolder {
  return folds === 1 ? protocol : protocol.subfolder(`fold-${fold}`);
}

/**
 * Trains on each fold of a protocol in turn. Each fold's model predicts its test side once, when training and model
 * selection are complete.
 *
 * run.json lists the actors on each side of each fold. Each fold's folder contains its model, history.json,
 * predictions.csv (test side) and validation.csv; the protocol's folder then holds both tables over all folds. Finished
 * folds are read instead of trained, so the same call resumes after an interrupt or a crash; within a fold the trainer
 * resumes from its checkpoint.
 *
 * @throws SerError `bad-training` if the training was interrupted
 * @throws SerError `in-use` if another process trains the run
 * @throws SerError `bad-artefact` if a finished fold is of another configuration, seed or division
 * @example await trainProtocol({ run, store, trainer, protocol: 'actor-5', folds: foldsOf('actor-5', clips) })
 */
export async function trainProtocol(options: TrainOptions): Promise<ProtocolSummary> {
  const { run, store, protocol, folds, seed = 11, onEnd } = options;
  const artefacts = folderOf(run, protocol);
  const summaries: FoldSummary[] = [];
  run.claim();
  const stop = new AbortController();
  const ignoreInterrupts = await onInterrupt(() => stop.abort());
  try {
    for (const [index, fold] of folds.entries()) {
      const own = foldFolder(artefacts, fold.number, folds.length);
      const facts = describeFold(store, fold);
      const finished = readFinished(own, options.trainer, { ...facts, protocol, seed });
      run.noteFold(protocol, facts);
      const summary =
        finished ?? (await trainFold(options, fold, { place: index + 1, artefacts: own, interrupt: stop.signal }));
      summaries.push(summary);
      if (summary.interrupted || stop.signal.aborted) {
        // Interrupting a cell stops only the notebook's wait; an error stops the running code, too.
        throw new SerError(
          'bad-training',
          `trainProtocol: all epochs must be trained, got an interrupt in fold ${index + 1} of ${folds.length}; ` +
            `run the cell again to resume, or use -p run=${run.info.name} in another session`,
        );
      }
    }
    onEnd?.('finished');
  } catch (error) {
    run.release();
    onEnd?.(stop.signal.aborted ? 'interrupted' : 'failed');
    throw error;
  } finally {
    ignoreInterrupts();
  }
  if (folds.length > 1) {
    for (const name of TABLES) {
      const folders = folds.map(({ number }) => foldFolder(artefacts, number, folds.length));
      const rows = folders.flatMap((own) => readPredictions(own.existingFile(name)));
      writePredictions(artefacts.file(name), rows);
    }
  }
  return { protocol, folds: summaries };
}

const TABLES = ['predictions.csv', 'validation.csv'] as const;

/**
 * Results of a protocol's training, fold by fold.
 *
 * @throws SerError `bad-artefact` if it is missing or unfinished
 */
export function readTraining(run: Run, protocol: string): ProtocolSummary {
  const artefacts = folderOf(run, protocol);
  for (const name of TABLES) artefacts.existingFile(name);
  const numbers = new Set(readPredictions(artefacts.file('predictions.csv')).map(({ fold }) => fold));
  const folders = artefacts.has('history.json')
    ? [artefacts]
    : [...numbers].sort((a, b) => a - b).map((fold) => artefacts.subfolder(`fold-${fold}`));
  return { protocol, folds: folders.map((folder) => folder.readJson('history.json', historySchema)) };
}

/** Artefact folder of one fold's model, by the fold's number in `readTraining`. */
export function modelFolder(run: Run, { protocol, folds }: ProtocolSummary, fold: number): ArtefactFolder {
  return foldFolder(folderOf(run, protocol), fold, folds.length);
}

/**
 * Artefact folder of a run's model: the only one of its protocol, or the first fold's.
 *
 * @throws SerError `bad-artefact` if its training is missing or unfinished
 */
export function finalModelFolder(run: Run): ArtefactFolder {
  const { protocol } = run.info.configuration;
  if (typeof protocol !== 'string') {
    const file = shown(run.file('run.json'));
    throw new SerError('bad-artefact', `finalModelFolder: ${file} names no protocol; run 3-train again`);
  }
  const training = readTraining(run, protocol);
  return modelFolder(run, training, training.folds[0].fold);
}

/** Reads a fold that has already been trained to its end. */
function readFinished(
  artefacts: ArtefactFolder,
  { configuration }: FoldTrainer,
  expected: FoldFacts & { protocol: string; seed: number },
): FoldSummary | undefined {
  if (!artefacts.has('history.json') || TABLES.some((name) => !artefacts.has(name))) return undefined;
  const summary = artefacts.readJson('history.json', historySchema);
  if (summary.interrupted) return undefined;
  const { members: _, interrupted: __, seconds: ___, ...found } = summary;
  const changes = differences(found, { ...expected, configuration });
  if (changes.length > 0) {
    throw new SerError(
      'bad-artefact',
      `trainProtocol: a finished fold must be of the same training, got ${changes.join(', ')} in ` +
        `${shown(artefacts.folder)}; choose another run name, or delete the folder`,
    );
  }
  return summary;
}

async function trainFold(
  { store, trainer, protocol, folds, seed = 11, tensorBoard = false, onBatch }: TrainOptions,
  fold: Fold,
  { place, artefacts, interrupt }: { place: number; artefacts: ArtefactFolder; interrupt: AbortSignal },
): Promise<FoldSummary> {
  const started = performance.now();
  const { test, ...sides } = fold;
  const model = await trainer.train({
    ...{ sides, artefacts, seed, tensorBoard, interrupt },
    onBatch: (progress, member) => onBatch?.(progress, { protocol, fold: place, folds: folds.length, member }),
  });
  try {
    const predict = async (positions: readonly number[]): Promise<ClipPrediction[]> => {
      const rows = rowsOf(store, positions, { rows: fold.rows, training: false });
      const outputs = rows.length > 0 ? await model.predict(rows) : new Float32Array(0);
      const classes = EMOTIONS.length;
      return rows.map(({ clip }, row) => {
        const { name, emotion } = store.manifest.clips[clip];
        const probabilities = outputs.subarray(row * classes, (row + 1) * classes);
        return { clip: name, fold: fold.number, truth: emotion, probabilities };
      });
    };
    writePredictions(artefacts.file('validation.csv'), await predict(sides.validation));
    writePredictions(artefacts.file('predictions.csv'), await predict(test));
    const summary: FoldSummary = {
      ...describeFold(store, fold),
      ...{ protocol, seed, configuration: trainer.configuration },
      members: model.members,
      interrupted: model.interrupted,
      seconds: Math.round((performance.now() - started) / 100) / 10,
    };
    // Written last, so its presence marks a complete fold.
    artefacts.writeJson('history.json', summary);
    return summary;
  } finally {
    model.dispose();
  }
}
