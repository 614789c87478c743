/** From a run's folder to its figures: results.csv for every clip, metrics.json for all. */
import { AUDIO } from '../config';
import { EMOTIONS } from '../data/labels';
import { loadModel } from '../model/model-file';
import { PROTOCOLS, type Protocol } from '../training/dataset';
import { predictRows } from '../training/predict-rows';
import type { Run } from '../training/run';
import { loadTestRows, type TestClip } from '../training/test-rows';
import { sectionOf, type TrainingSummary } from '../training/train';
import { type BootstrapResult, bootstrapByActor } from './bootstrap';
import { evaluatePredictions, type Metrics, predictClasses } from './metrics';
import { writeResults } from './results';

/** One protocol's test side, judged. */
export interface Evaluation {
  protocol: Protocol;
  training: TrainingSummary;
  metrics: Metrics;
  intervals: BootstrapResult;
  /** One per test row. */
  clips: TestClip[];
  truth: number[];
  predicted: number[];
  /** [rows × classes] */
  probabilities: Float32Array;
}

/** The protocols that a run was trained under, its own first. */
export function protocolsOf(run: Run): Protocol[] {
  const own = run.info.configuration.protocol as Protocol;
  return [own, ...PROTOCOLS.filter((protocol) => protocol !== own && run.section(protocol).has('history.json'))];
}

/**
 * Lets a run's best model answer its test rows, once, and writes results.csv beside the model.
 *
 * @throws SerError `bad-artefact` if a file of the run is missing or damaged
 */
export async function evaluateProtocol(run: Run, protocol: Protocol): Promise<Evaluation> {
  const section = sectionOf(run, protocol);
  const training = section.readJson<TrainingSummary>('history.json');
  const { test, rows } = loadTestRows(section);
  const model = await loadModel(section.existingFile('model'));
  const probabilities = predictRows(model, test);
  model.dispose();
  const classes = EMOTIONS.length;
  const truth = Array.from(test.labels);
  const predicted = predictClasses(probabilities, classes);
  writeResults(
    section.file('results.csv'),
    rows.map(({ name, actor }, row) => ({
      file: name,
      actor,
      truth: EMOTIONS[truth[row]],
      predicted: EMOTIONS[predicted[row]],
      probabilities: probabilities.subarray(row * classes, (row + 1) * classes),
    })),
  );
  const metrics = evaluatePredictions({ truth, probabilities, labels: EMOTIONS });
  const actors = rows.map(({ actor }) => actor);
  const intervals = bootstrapByActor({ truth, predicted, actors });
  return { protocol, training, metrics, intervals, clips: rows, truth, predicted, probabilities };
}

/** One protocol's entry in metrics.json. */
export interface ProtocolMetrics extends Metrics {
  protocol: Protocol;
  /** Epochs trained, and the one whose weights were kept. */
  epochs: number;
  bestEpoch: number;
  /** 95 %, by bootstrap over the test actors. */
  intervals: { accuracy: [number, number]; uar: [number, number] };
  rows: TrainingSummary['rows'];
  actors: TrainingSummary['actors'];
  leaks: TrainingSummary['leaks'];
}

/** metrics.json: the run's own protocol at the top, every protocol below. */
export interface RunMetrics {
  corpus: 'ravdess' | 'practice';
  corpusLabel: string;
  /** Clips in the corpus. */
  clips: number;
  protocol: Protocol;
  seed: number;
  epochs: number;
  loss: number;
  accuracy: number;
  uar: number;
  /** Hertz; what the model hears. */
  sampleRate: number;
  protocols: Partial<Record<Protocol, ProtocolMetrics>>;
}

/** Writes metrics.json; the first evaluation is that of the run's own protocol. */
export function saveMetrics(run: Run, evaluations: readonly Evaluation[]): RunMetrics {
  const protocols: RunMetrics['protocols'] = {};
  for (const { protocol, training, metrics, intervals } of evaluations) {
    protocols[protocol] = {
      protocol,
      epochs: training.history.epochs.length,
      bestEpoch: training.history.best,
      ...metrics,
      intervals: {
        accuracy: [intervals.accuracy.low, intervals.accuracy.high],
        uar: [intervals.uar.low, intervals.uar.high],
      },
      rows: training.rows,
      actors: training.actors,
      leaks: training.leaks,
    };
  }
  const own = evaluations[0];
  const { corpus, seed } = run.info;
  const summary: RunMetrics = {
    corpus: corpus.kind,
    corpusLabel: corpus.description,
    clips: corpus.clips,
    protocol: own.protocol,
    seed,
    epochs: own.training.history.epochs.length,
    loss: own.metrics.loss,
    accuracy: own.metrics.accuracy,
    uar: own.metrics.uar,
    sampleRate: AUDIO.sampleRate,
    protocols,
  };
  run.writeJson('metrics.json', summary);
  return summary;
}
