/** Aggregation over seeds of one configuration: mean and deviation, never the best seed. */
import { SerError } from '../errors';
import { type ClipPrediction, readPredictions } from '../training/runs/predictions';
import { differences } from '../training/runs/provenance';
import type { Run } from '../training/runs/run';
import { folderOf } from '../training/train';
import { type SeedSummary, summariseSeeds } from './comparison';
import { type EvaluationReport, evaluate } from './evaluate';
import { percent, type TableRow } from './reports/report';

/** Predictions of one seed's models. */
export interface SeedPredictions {
  /** Such as `seed 11`. */
  name: string;
  test: readonly ClipPrediction[];
  /** Absent if only test predictions were kept. */
  validation?: readonly ClipPrediction[];
}

/** Results of several seeds. */
export interface AggregatedReport {
  /** All seeds' predictions together; accuracy and UAR are then the means over the seeds. */
  pooled: EvaluationReport;
  seeds: { name: string; report: EvaluationReport }[];
  spread: Record<'accuracy' | 'uar' | 'macroF1', SeedSummary>;
}

/** Offset of fold numbers per seed, so that folds of different seeds have their own temperatures. */
const FOLDS_PER_SEED = 1000;

/**
 * Evaluates each seed, and all of them together: intervals over actors, emotions and groups use all seeds' predictions.
 *
 * @throws RangeError without seeds, or if seeds have different clips
 */
export function poolSeeds(seeds: readonly SeedPredictions[]): AggregatedReport {
  if (seeds.length === 0) throw new RangeError('poolSeeds: at least one seed is needed, got none');
  const clipsOf = ({ test }: SeedPredictions): string =>
    [...test]
      .map(({ clip }) => clip)
      .sort()
      .join();
  const other = seeds.find((seed) => clipsOf(seed) !== clipsOf(seeds[0]));
  if (other) {
    throw new RangeError(
      `poolSeeds: seeds must have the same clips, got different ones in ${other.name} and ${seeds[0].name}`,
    );
  }
  const renumber = (rows: readonly ClipPrediction[], index: number): ClipPrediction[] =>
    rows.map((row) => ({ ...row, fold: row.fold + index * FOLDS_PER_SEED }));
  const whole = seeds.every(({ validation }) => validation !== undefined);
  const reports = seeds.map(({ name, test, validation }) => ({ name, report: evaluate(test, validation) }));
  const summary = (measure: 'accuracy' | 'uar' | 'macroF1'): SeedSummary =>
    summariseSeeds(reports.map(({ report }) => report.metrics[measure]));
  return {
    pooled: evaluate(
      seeds.flatMap(({ test }, index) => renumber(test, index)),
      whole ? seeds.flatMap(({ validation = [] }, index) => renumber(validation, index)) : undefined,
    ),
    seeds: reports,
    spread: { accuracy: summary('accuracy'), uar: summary('uar'), macroF1: summary('macroF1') },
  };
}

/**
 * Reads the predictions of runs that differ only by seed, under their own protocol.
 *
 * @throws SerError `bad-artefact` if they differ otherwise, or a run is unfinished
 */
export function seedsOf(runs: readonly Run[]): SeedPredictions[] {
  const [first] = runs;
  for (const run of runs) {
    const facts = ({ info }: Run): object => ({ corpus: info.corpus.fingerprint, ...info.configuration });
    // The seed also sets the augmentation of the features.
    const changes = differences(facts(first), facts(run)).filter((change) => !change.startsWith('features.seed '));
    if (changes.length > 0) {
      throw new SerError(
        'bad-artefact',
        `seedsOf: runs must differ by seed alone, got ${changes.join(', ')} from ${first.info.name} to ${run.info.name}`,
      );
    }
  }
  return runs.map((run) => {
    const artefacts = folderOf(run, String(run.info.configuration.protocol));
    return {
      name: `seed ${run.info.seed}`,
      test: readPredictions(artefacts.existingFile('predictions.csv')),
      validation: readPredictions(artefacts.existingFile('validation.csv')),
    };
  });
}

/** One row per seed; with several seeds, also mean and deviation. */
export function seedTable({ seeds, spread }: Pick<AggregatedReport, 'seeds' | 'spread'>): TableRow[] {
  const rows = seeds.map(
    ({ name, report: { metrics } }): TableRow => ({
      seed: name,
      accuracy: percent(metrics.accuracy),
      UAR: percent(metrics.uar),
      'macro F1': percent(metrics.macroF1),
    }),
  );
  if (seeds.length < 2) return rows;
  const { accuracy, uar, macroF1 } = spread;
  const row = { accuracy: plusMinus(accuracy), UAR: plusMinus(uar), 'macro F1': plusMinus(macroF1) };
  return [...rows, { seed: `mean ± deviation of ${seeds.length}`, ...row }];
}

/**
 * A mean with its deviation, in per cent.
 *
 * @example plusMinus({ mean: 0.701, deviation: 0.012 }) // '70.1 ± 1.2 %'
 */
export function plusMinus({ mean, deviation }: Pick<SeedSummary, 'mean' | 'deviation'>): string {
  return `${(100 * mean).toFixed(1)} ± ${(100 * deviation).toFixed(1)} %`;
}
