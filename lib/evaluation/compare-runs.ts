/** Comparison of runs: different parameters, results, and the significance of the difference. */
import { type ClipPrediction, readPredictions } from '../training/runs/predictions';
import { flatten } from '../training/runs/provenance';
import type { Run } from '../training/runs/run';
import { folderOf, type ProtocolSummary, readTraining } from '../training/train';
import { type ComparisonResult, comparePredictions } from './comparison';
import { metricsSchema, type RunMetrics } from './evaluate-run';
import { points, type TableRow } from './reports/report';

/** One run as far as it got. */
export interface ComparedRun {
  name: string;
  /** Every parameter, nested ones joined by dots, as text. */
  parameters: Record<string, string>;
  /** Absent before 4-evaluate. */
  metrics?: RunMetrics;
  training: ProtocolSummary;
  /** Test predictions under its own protocol. */
  predictions: ClipPrediction[];
}

/** One run's test results compared with those of the first run. */
export interface PairedComparison extends ComparisonResult {
  /** Name of the run. */
  name: string;
  /** Number of clips that both runs were tested on. */
  clips: number;
}

/** Result of `compareRuns`. */
export interface RunComparison {
  runs: ComparedRun[];
  /** Names of the parameters in which the runs differ, sorted. */
  differing: string[];
  /** Each later run against the first, over the clips that both were tested on; empty without such clips. */
  paired: PairedComparison[];
}

/**
 * Compares runs, each under its own protocol.
 *
 * The paired test exchanges the predictions of two runs actor by actor (`comparePaired`). It covers only the clips that
 * both were tested on, and only the one seed of each run.
 *
 * @throws RangeError if there are fewer than two runs
 * @throws SerError `bad-artefact` if a run's files are missing or damaged
 * @example show(table(comparisonTable(compareRuns([run, other]))))
 */
export function compareRuns(runs: readonly Run[]): RunComparison {
  if (runs.length < 2) throw new RangeError(`compareRuns: at least two runs are needed, got ${runs.length}`);
  const compared = runs.map(readRun);
  const names = [...new Set(compared.flatMap(({ parameters }) => Object.keys(parameters)))].sort();
  const differing = names.filter((name) => new Set(compared.map(({ parameters }) => parameters[name])).size > 1);
  const [first, ...others] = compared;
  const paired = others.flatMap((other) => pair(first, other) ?? []);
  return { runs: compared, differing, paired };
}

function readRun(run: Run): ComparedRun {
  const { name, seed, corpus, configuration } = run.info;
  const protocol = String(configuration.protocol);
  return {
    name,
    parameters: flatten({ seed, corpus: corpus.description, clips: corpus.clips, ...configuration }),
    training: readTraining(run, protocol),
    ...(run.has('metrics.json') ? { metrics: run.readJson('metrics.json', metricsSchema) } : {}),
    predictions: readPredictions(folderOf(run, protocol).existingFile('predictions.csv')),
  };
}

/** One row per comparison: difference from the first run and p-value. */
export function comparisonTable({ runs, paired }: RunComparison): TableRow[] {
  return paired.map(({ name, difference, pValue, clips, actors }) => ({
    run: name,
    [`UAR gained over ${runs[0].name}`]: points(difference),
    'p-value': pValue.toFixed(4),
    clips,
    actors,
  }));
}

/** Paired test over the clips that occur exactly once in both runs' predictions, which excludes augmented copies. */
function pair(first: ComparedRun, other: ComparedRun): PairedComparison | undefined {
  const theirs = onceEach(other.predictions);
  const pairs = [...onceEach(first.predictions).values()].flatMap((own) => {
    const same = theirs.get(own.clip);
    return same ? [[same, own] as const] : [];
  });
  return pairs.length > 0 ? { name: other.name, clips: pairs.length, ...comparePredictions(pairs) } : undefined;
}

function onceEach(predictions: readonly ClipPrediction[]): Map<string, ClipPrediction> {
  const rows = new Map(predictions.map((row) => [row.clip, row]));
  const seen = new Set<string>();
  for (const { clip } of predictions) {
    if (seen.has(clip)) rows.delete(clip);
    seen.add(clip);
  }
  return rows;
}
