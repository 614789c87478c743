/** Figures as Markdown, for model cards and README. */

import { type AggregatedReport, seedTable } from '../aggregate-seeds';
import type { Calibration } from '../calibration/calibrate-folds';
import type { EvaluationReport } from '../evaluate';
import { mean } from '../statistics';
import { classTable, groupTable, type TableRow } from './report';
import { calibrationTable, confusionTable, foldScoreTable, scoreTable } from './tables';

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
  // Folds of several seeds are told apart by their numbers, which say nothing to a reader.
  const scores = several ? scoreTable({ ...report, folds: [] }) : scoreTable(report);
  // Every clip is answered once by each seed.
  const counted = several ? answersCounted : (rows: TableRow[]): TableRow[] => rows;
  const folders: [string, string][] = [
    [
      'Scores',
      `${metrics.clips} answers about clips of ${intervals.actors} actors. Guessing gives 12.5 % UAR.\n\n` +
        markdownTable(scores),
    ],
    ...(several ? ([['Seeds', markdownTable(seedTable(seeds))]] as [string, string][]) : []),
    ...(folds.length > 1 && !several ? ([['Folds', markdownTable(foldScoreTable(folds))]] as [string, string][]) : []),
    ['Emotions', markdownTable(counted(classTable(metrics)))],
    [
      'Confusion',
      `Rows: what was acted; columns: what was answered; ${several ? 'answers' : 'clips'}, and their share of the row.\n\n${markdownTable(confusionTable(metrics.confusion))}`,
    ],
    ...(['sex', 'intensity', 'statement', 'actor'] as const).map((by): [string, string] => [
      `By ${by}`,
      markdownTable(counted(groupTable(groups[by]))),
    ]),
    ...(calibration
      ? ([
          [
            'Probabilities',
            'Temperature and threshold of each fold were chosen on its validation clips.' +
              (several
                ? ' Calibration errors are means over the seeds: together, errors of one would hide others.'
                : '') +
              `\n\n${markdownTable(calibrationTable(several ? withErrorsOf(seeds, calibration) : calibration))}`,
          ],
        ] as [string, string][])
      : []),
  ];
  return folders.map(([title, text]) => `### ${title}\n\n${text}`).join('\n\n');
}

/** Rows whose counts are answers of several seeds about the same clips. */
function answersCounted(rows: TableRow[]): TableRow[] {
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name === 'clips' ? 'answers' : name, value])),
  );
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
