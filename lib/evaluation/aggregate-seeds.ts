/** Aggregation over seeds of one configuration: mean and deviation, never the best seed. */
import { SerError } from '../errors';
import { type ClipPrediction, readPredictions } from '../training/runs/predictions';
import { differences } from '../training/runs/provenance';
import type { Run } from '../training/runs/run';
import { folderOf } from '../training/train';
import { type EvaluationReport, evaluate } from './evaluate';
import { type Spread, spreadOf } from './statistics';

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
  together: EvaluationReport;
  seeds: { name: string; report: EvaluationReport }[];
  spread: Record<'accuracy' | 'uar' | 'macroF1', Spread>;
}

/** Offset of fold numbers per seed, so that folds of different seeds have their own temperatures. */
const FOLDS_PER_SEED = 1000;

/**
 * Evaluates each seed, and all of them together: intervals over actors, emotions and groups use all seeds' predictions.
 *
 * @throws RangeError without seeds, or if seeds have different clips
 * @example aggregateSeeds(seedsOf([run, other]))
 */
export function aggregateSeeds(seeds: readonly SeedPredictions[]): AggregatedReport {
  if (seeds.length === 0) throw new RangeError('aggregateSeeds: at least one seed is needed, got none');
  const clipsOf = ({ test }: SeedPredictions): string =>
    [...test]
      .map(({ clip }) => clip)
      .sort()
      .join();
  const other = seeds.find((seed) => clipsOf(seed) !== clipsOf(seeds[0]));
  if (other) {
    throw new RangeError(
      `aggregateSeeds: seeds must have the same clips, got different ones in ${other.name} and ${seeds[0].name}`,
    );
  }
  const renumbered = (side: 'test' | 'validation'): ClipPrediction[] =>
    seeds.flatMap((seed, index) =>
      (seed[side] ?? []).map((row) => ({ ...row, fold: row.fold + index * FOLDS_PER_SEED })),
    );
  const whole = seeds.every(({ validation }) => validation !== undefined);
  const reports = seeds.map(({ name, test, validation }) => ({ name, report: evaluate(test, validation) }));
  const spread = (measure: 'accuracy' | 'uar' | 'macroF1'): Spread =>
    spreadOf(reports.map(({ report }) => report.metrics[measure]));
  return {
    together: evaluate(renumbered('test'), whole ? renumbered('validation') : undefined),
    seeds: reports,
    spread: { accuracy: spread('accuracy'), uar: spread('uar'), macroF1: spread('macroF1') },
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
