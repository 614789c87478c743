/** Runs side by side: what was set differently, what came of it, and whether the difference may be chance. */
import { parseClip } from '../data/clip';
import { EMOTIONS } from '../data/labels';
import { flatten } from '../training/configuration';
import { type ClipPrediction, readPredictions } from '../training/predictions';
import type { Run } from '../training/run';
import { type ProtocolSummary, readTraining, sectionOf } from '../training/train';
import { topClass } from './calibration';
import { type ComparisonResult, comparePaired } from './comparison';
import { metricsSchema, type RunMetrics } from './evaluate-run';
import type { TableRow } from './report';

/** One run as far as it got. */
export interface ComparedRun {
  name: string;
  /** Every parameter, nested ones joined by dots, as text. */
  parameters: Record<string, string>;
  /** Absent before 4-evaluate. */
  metrics?: RunMetrics;
  training: ProtocolSummary;
  /** What its models said about the clips of its own protocol. */
  predictions: ClipPrediction[];
}

/** One run's test figures beside those of the first run. */
export interface PairedComparison extends ComparisonResult {
  /** The run that is compared with the first one. */
  name: string;
  /** Clips that both were tested on. */
  clips: number;
}

/** What `compareRuns` found. */
export interface RunComparison {
  runs: ComparedRun[];
  /** Names of the parameters in which the runs differ, sorted. */
  differing: string[];
  /** Of each later run with the first one, over the clips that both were tested on; none where there are none. */
  paired: PairedComparison[];
}

/**
 * Sets runs side by side under their own protocols.
 *
 * The paired test exchanges the answers of two runs actor by actor (`comparePaired`), so it speaks of the clips that
 * both were tested on, and only of the one seed that each was trained with.
 *
 * @throws RangeError if there are fewer than two runs
 * @throws SerError `bad-artefact` if a run's files are missing or damaged
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
    predictions: readPredictions(sectionOf(run, protocol).existingFile('predictions.csv')),
  };
}

/** One row per comparison: how much better than the first run, and how likely by chance. */
export function comparisonTable({ runs, paired }: RunComparison): TableRow[] {
  return paired.map(({ name, difference, pValue, clips, actors }) => ({
    run: name,
    [`UAR gained over ${runs[0].name}`]: `${difference >= 0 ? '+' : '−'}${(100 * Math.abs(difference)).toFixed(1)} points`,
    'p-value': pValue.toFixed(4),
    clips,
    actors,
  }));
}

/** The paired test over the clips that stand once in both runs' predictions, as copies of the original protocol do not. */
function pair(first: ComparedRun, other: ComparedRun): PairedComparison | undefined {
  const theirs = onceEach(other.predictions);
  const both = [...onceEach(first.predictions).values()].flatMap((row) => {
    const same = theirs.get(row.clip);
    return same ? [{ row, same }] : [];
  });
  if (both.length === 0) return undefined;
  const result = comparePaired({
    truth: both.map(({ row }) => EMOTIONS.indexOf(row.truth)),
    actors: both.map(({ row }) => parseClip(row.clip).actor),
    first: both.map(({ same }) => topClass(same.probabilities)),
    second: both.map(({ row }) => topClass(row.probabilities)),
  });
  return { name: other.name, clips: both.length, ...result };
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
