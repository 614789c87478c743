/** Figures as Markdown, for model cards and README. */
import type { AggregatedReport } from '../aggregate-seeds';
import type { Calibration } from '../calibration/calibrate-folds';
import type { EvaluationReport } from '../evaluate';
import { mean } from '../statistics';
import type { TableRow } from './report';
import {
  calibrationTable,
  classTable,
  confusionTable,
  foldScoreTable,
  groupTable,
  scoreTable,
  seedTable,
} from './tables';

/** Rows as a Markdown table; columns in order of appearance. */
export function markdownTable(rows: readonly TableRow[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map((column) => String(row[column] ?? '–')))),
  ].join('\n');
}

/** Every figure of an evaluation, section by section. */
export function figureSections(report: EvaluationReport, seeds?: Pick<AggregatedReport, 'seeds' | 'spread'>): string {
  const { metrics, intervals, folds, groups, calibration } = report;
  const several = seeds !== undefined && seeds.seeds.length > 1;
  // Every seed predicts every clip once.
  const counted = (rows: TableRow[]): string => markdownTable(several ? rows.map(countedBySeed) : rows);
  // The fold numbers of several seeds only keep them apart.
  const scores = scoreTable(several ? { ...report, folds: [] } : report);
  const sections = [
    `### Scores\n\n${metrics.clips} predictions for clips of ${intervals.actors} actors. Chance level: 12.5 % UAR.\n\n` +
      markdownTable(scores),
  ];
  if (several) sections.push(`### Seeds\n\n${markdownTable(seedTable(seeds))}`);
  else if (folds.length > 1) sections.push(`### Folds\n\n${markdownTable(foldScoreTable(folds))}`);
  sections.push(
    `### Emotions\n\n${counted(classTable(metrics))}`,
    '### Confusion\n\nRows: acted emotion; columns: predicted emotion; predictions, and their share of the row.\n\n' +
      markdownTable(confusionTable(metrics.confusion)),
    ...(['sex', 'intensity', 'statement', 'actor'] as const).map(
      (by) => `### By ${by}\n\n${counted(groupTable(groups[by]))}`,
    ),
  );
  if (calibration) {
    sections.push(
      '### Probabilities\n\nTemperature and threshold of each fold were chosen on its validation clips.' +
        (several ? ' Calibration errors are means over the seeds, since errors of opposite sign would cancel.' : '') +
        `\n\n${markdownTable(calibrationTable(several ? withErrorsOf(seeds, calibration) : calibration))}`,
    );
  }
  return sections.join('\n\n');
}

/** A row whose count is one of predictions, those of every seed for each clip. */
function countedBySeed(row: TableRow): TableRow {
  const cells = Object.entries(row).map(([name, value]) => [name === 'clips' ? 'clips × seeds' : name, value]);
  return Object.fromEntries(cells);
}

/** All seeds' calibration, with the mean of each seed's own calibration errors. */
function withErrorsOf({ seeds }: Pick<AggregatedReport, 'seeds'>, together: Calibration): Calibration {
  const own = seeds.flatMap(({ report: { calibration } }) => calibration ?? []);
  const error = (when: 'before' | 'after'): number => mean(own.map((calibration) => calibration[when].ece));
  return {
    ...together,
    before: { ...together.before, ece: error('before') },
    after: { ...together.after, ece: error('after') },
  };
}
