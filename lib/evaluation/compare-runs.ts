/** Runs side by side: what was set differently, what came of it, and whether the difference may be chance. */
import { flatten } from '../training/configuration';
import type { Run } from '../training/run';
import { type ProtocolSummary, readTraining } from '../training/train';
import { type ComparisonResult, comparePaired } from './comparison';
import type { RunMetrics } from './evaluate-run';
import { type ResultRow, readResults } from './results';

/** One run as far as it got. */
export interface ComparedRun {
  name: string;
  /** Every parameter, nested ones joined by dots, as text. */
  parameters: Record<string, string>;
  /** Absent before 4-evaluate. */
  metrics?: RunMetrics;
  training: ProtocolSummary;
  results?: ResultRow[];
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
  const paired = others.flatMap((other) => {
    const comparison = pair(first, other);
    return comparison ? [comparison] : [];
  });
  return { runs: compared, differing, paired };
}

function readRun(run: Run): ComparedRun {
  const { name, seed, corpus, configuration } = run.info;
  return {
    name,
    parameters: flatten({ seed, corpus: corpus.description, clips: corpus.clips, ...configuration }),
    training: readTraining(run, String(configuration.protocol)),
    ...(run.has('metrics.json') ? { metrics: run.readJson<RunMetrics>('metrics.json') } : {}),
    ...(run.has('results.csv') ? { results: readResults(run.file('results.csv')) } : {}),
  };
}

/** The paired test over the clips that stand once in both results. */
function pair(first: ComparedRun, other: ComparedRun): PairedComparison | undefined {
  if (!first.results || !other.results) return undefined;
  const theirs = new Map(other.results.map((row) => [row.file, row]));
  const labels = [...new Set(first.results.map(({ truth }) => truth))].sort();
  const both = first.results.flatMap((row) => {
    const same = theirs.get(row.file);
    return same ? [{ row, same }] : [];
  });
  if (both.length === 0) return undefined;
  const result = comparePaired({
    truth: both.map(({ row }) => labels.indexOf(row.truth)),
    actors: both.map(({ row }) => row.actor),
    first: both.map(({ same }) => labels.indexOf(same.predicted)),
    second: both.map(({ row }) => labels.indexOf(row.predicted)),
  });
  return { name: other.name, clips: both.length, ...result };
}
