/** Figures as Markdown: what stands in model cards and in README. */

import type { Judgement } from './judge';
import { type PooledJudgement, seedTable } from './pool';
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

/** Every figure of a judgement, section by section. */
export function figureSections(judgement: Judgement, seeds?: Pick<PooledJudgement, 'seeds' | 'spread'>): string {
  const { metrics, intervals, folds, groups, calibration } = judgement;
  const several = seeds !== undefined && seeds.seeds.length > 1;
  // Folds of several seeds are told apart by their numbers, which say nothing to a reader.
  const scores = several ? scoreTable({ ...judgement, folds: [] }) : scoreTable(judgement);
  const sections: [string, string][] = [
    [
      'Scores',
      `${metrics.clips} answers about clips of ${intervals.actors} actors. Guessing gives 12.5 % UAR.\n\n` +
        markdownTable(scores),
    ],
    ...(several ? ([['Seeds', markdownTable(seedTable(seeds))]] as [string, string][]) : []),
    ...(folds.length > 1 && !several ? ([['Folds', markdownTable(foldScoreTable(folds))]] as [string, string][]) : []),
    ['Emotions', markdownTable(classTable(metrics))],
    [
      'Confusion',
      `Rows: what was acted; columns: what was answered; clips, and their share of the row.\n\n${markdownTable(confusionTable(metrics.confusion))}`,
    ],
    ...(['sex', 'intensity', 'statement', 'actor'] as const).map((by): [string, string] => [
      `By ${by}`,
      markdownTable(groupTable(groups[by])),
    ]),
    ...(calibration
      ? ([
          [
            'Probabilities',
            `Temperature and threshold of each fold were chosen on its validation clips.\n\n${markdownTable(calibrationTable(calibration))}`,
          ],
        ] as [string, string][])
      : []),
  ];
  return sections.map(([title, text]) => `### ${title}\n\n${text}`).join('\n\n');
}
