/** Evaluation of a run: results.csv for every clip, calibration.json for every fold, metrics.json for all. */
import { AUDIO } from '../config';
import { formatCsv } from '../csv';
import { EMOTIONS } from '../data/labels';
import type { Leaks } from '../data/split';
import { writeFile } from '../files';
import { anything, number, object, oneOf, record, type Schema, text } from '../schema';
import { readPredictions, shortestFloat32 } from '../training/runs/predictions';
import type { Run } from '../training/runs/run';
import { folderOf, modelFolder, type ProtocolSummary, readTraining } from '../training/train';
import type { Interval } from './bootstrap';
import type { Calibration } from './calibration/calibrate-folds';
import { type EvaluationReport, evaluate, type FoldScore } from './evaluate';
import type { Metrics } from './metrics';
import { HUMAN_RATERS, PROTOCOL_NAMES, type ProtocolName } from './protocols';
import { sumLeaks } from './reports/fold-table';

/** Evaluated predictions of one protocol. */
export interface Evaluation extends EvaluationReport {
  protocol: ProtocolName;
  training: ProtocolSummary;
  calibration: Calibration;
  /** Over all folds. */
  leaks: Leaks;
}

/** Protocols for which the run's training is complete, its own first. */
export function protocolsOf(run: Run): ProtocolName[] {
  const own = run.info.configuration.protocol as ProtocolName;
  return [own, ...PROTOCOL_NAMES.filter((name) => name !== own && folderOf(run, name).has('predictions.csv'))];
}

/**
 * Evaluates a run's predictions under one protocol.
 *
 * Writes results.csv (predictions with calibrated probabilities) beside the predictions, and calibration.json, with the
 * threshold for "not sure", beside each fold's model.
 *
 * @throws SerError `bad-artefact` if a file of the run is missing or damaged
 * @example const { metrics, intervals } = evaluateProtocol(loadRun('first'), 'actor-5')
 */
export function evaluateProtocol(run: Run, protocol: ProtocolName): Evaluation {
  const artefacts = folderOf(run, protocol);
  const training = readTraining(run, protocol);
  const predictions = readPredictions(artefacts.existingFile('predictions.csv'));
  const validation = readPredictions(artefacts.existingFile('validation.csv'));
  const report = evaluate(predictions, validation);
  const { calibration } = report;
  writeResults(artefacts.file('results.csv'), report);
  for (const { fold, temperature, threshold } of calibration.folds) {
    modelFolder(run, training, fold).writeJson('calibration.json', { temperature, threshold });
  }
  return { ...report, calibration, protocol, training, leaks: sumLeaks(training.folds) };
}

/**
 * Writes one line per clip: file, actor, true, predicted, then eight probabilities in columns named by emotion, with the
 * fewest digits that restore the same float32.
 */
export function writeResults(
  file: string,
  { clips, truth, predicted, probabilities }: Pick<EvaluationReport, 'clips' | 'truth' | 'predicted' | 'probabilities'>,
): void {
  const rows = clips.map(({ name, actor }, row) => [
    ...[name, String(actor), EMOTIONS[truth[row]], EMOTIONS[predicted[row]]],
    ...probabilities[row].map(shortestFloat32),
  ]);
  writeFile(file, formatCsv([['file', 'actor', 'true', 'predicted', ...EMOTIONS], ...rows]));
}

/** One protocol's entry in metrics.json. Fractions from 0 to 1. */
export interface ProtocolMetrics extends Metrics {
  protocol: ProtocolName;
  /** Confusion matrix, each row divided by its clips. */
  confusionShares: number[][];
  /** 95 %, by bootstrap over the tested actors. */
  intervals: Record<'accuracy' | 'uar' | 'macroF1', [number, number]>;
  folds: (FoldScore & {
    rows: Record<'train' | 'validation' | 'test', number>;
    testActors: number[];
    validationActors: number[];
    /** Of each network, in the order of the members: epochs trained, and the one with the lowest validation loss. */
    epochs: number[];
    bestEpochs: number[];
    seconds: number;
  })[];
  meanOfFolds: EvaluationReport['meanOfFolds'];
  groups: EvaluationReport['groups'];
  calibration: Calibration;
  leaks: Leaks;
}

/** The figures in metrics.json that runs and shipped models have alike. */
export interface MetricsHead {
  corpus: 'ravdess' | 'practice';
  corpusLabel: string;
  /** Clips in the corpus. */
  clips: number;
  protocol: ProtocolName;
  model: string;
  accuracy: number;
  uar: number;
  macroF1: number;
}

/** metrics.json of a run: its own protocol at the top, every protocol below. */
export interface RunMetrics extends MetricsHead {
  seed: number;
  loss: number;
  /** Hertz; sample rate of the model input. */
  sampleRate: number;
  /** Human accuracy, for orientation. */
  people: typeof HUMAN_RATERS;
  protocols: Partial<Record<ProtocolName, ProtocolMetrics>>;
}

const share = number({ from: 0, to: 1 });
const head = {
  corpus: oneOf(['ravdess', 'practice'] as const),
  corpusLabel: text,
  clips: number({ from: 0, whole: true }),
  protocol: oneOf(PROTOCOL_NAMES),
  model: text,
  accuracy: share,
  uar: share,
  macroF1: share,
};
export const metricsHeadSchema: Schema<MetricsHead> = object(head);
export const metricsSchema: Schema<RunMetrics> = object({
  ...head,
  seed: number({ whole: true }),
  loss: number({ from: 0 }),
  sampleRate: number({ above: 0 }),
  people: anything,
  protocols: record,
});

/**
 * Writes metrics.json; the first evaluation is that of the run's own protocol.
 *
 * @example saveMetrics(run, protocolsOf(run).map((protocol) => evaluateProtocol(run, protocol)))
 */
export function saveMetrics(run: Run, evaluations: readonly Evaluation[]): RunMetrics {
  const [own] = evaluations;
  const { corpus, seed, configuration } = run.info;
  const { loss, accuracy, uar, macroF1 } = own.metrics;
  const summary: RunMetrics = {
    corpus: corpus.kind,
    corpusLabel: corpus.description,
    clips: corpus.clips,
    protocol: own.protocol,
    model: String(configuration.model),
    seed,
    ...{ loss, accuracy, uar, macroF1 },
    sampleRate: AUDIO.sampleRate,
    people: HUMAN_RATERS,
    protocols: Object.fromEntries(evaluations.map((evaluation) => [evaluation.protocol, protocolMetrics(evaluation)])),
  };
  run.writeJson('metrics.json', summary);
  return summary;
}

function protocolMetrics(evaluation: Evaluation): ProtocolMetrics {
  const { protocol, training, metrics, intervals, meanOfFolds, groups, calibration, leaks } = evaluation;
  const bounds = ({ low, high }: Interval): [number, number] => [low, high];
  return {
    protocol,
    ...metrics,
    confusionShares: rowShares(metrics.confusion),
    intervals: {
      accuracy: bounds(intervals.accuracy),
      uar: bounds(intervals.uar),
      macroF1: bounds(intervals.macroF1),
    },
    folds: evaluation.folds.map((score, index) => {
      const { rows, actors, members, seconds } = training.folds[index];
      const histories = members.flatMap(({ history }) => history ?? []);
      return {
        ...score,
        rows,
        testActors: actors.test,
        validationActors: actors.validation,
        epochs: histories.map(({ epochs }) => epochs.length),
        bestEpochs: histories.map(({ best }) => best),
        seconds,
      };
    }),
    ...{ meanOfFolds, groups, calibration, leaks },
  };
}

/** Divides each row of counts by its sum; a row without clips stays 0. */
function rowShares(confusion: readonly number[][]): number[][] {
  return confusion.map((row) => {
    const clips = row.reduce((sum, count) => sum + count, 0);
    return row.map((count) => (clips > 0 ? count / clips : 0));
  });
}
