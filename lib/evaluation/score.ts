/** Figures from committed predictions: tables in README and model cards are made from files, and held to them. */
import fs from 'node:fs';
import path from 'node:path';
import { parseClip } from '../data/clip';
import { SerError } from '../errors';
import { type ClipPrediction, readPredictions } from '../training/predictions';
import { topClass } from './calibration';
import { type ComparisonResult, comparePaired } from './comparison';
import { figureSections, markdownTable } from './markdown';
import { type PooledJudgement, plusMinus, poolSeeds, type SeedPredictions } from './pool';
import { percent, type TableRow } from './report';

/**
 * The figures of prediction files, one file per seed.
 *
 * Beside `predictions….csv` a file `validation….csv` may lie, from which temperatures and thresholds are fitted.
 *
 * @throws SerError `bad-artefact` if a file is missing or damaged
 * @throws RangeError if the files answer different clips
 */
export function scoreFiles(files: readonly string[]): PooledJudgement {
  return poolSeeds(files.map(readSeed));
}

function readSeed(file: string): SeedPredictions {
  const validation = path.join(path.dirname(file), path.basename(file).replace(/^predictions/, 'validation'));
  return {
    name: /seed-?(\d+)/.exec(path.basename(file))?.[1]?.replace(/^/, 'seed ') ?? path.basename(file),
    test: readAnswers(file),
    ...(validation !== file && fs.existsSync(validation) ? { validation: readAnswers(validation) } : {}),
  };
}

/** Predictions whose true emotions are those that the clips' names tell. */
function readAnswers(file: string): ClipPrediction[] {
  const rows = readPredictions(file);
  for (const { clip, truth } of rows) {
    const { emotion } = parseClip(clip);
    if (truth !== emotion) {
      throw new SerError(
        'bad-artefact',
        `score: the true emotion of ${clip} must be ${emotion}, got ${truth} in ${file}`,
      );
    }
  }
  return rows;
}

/** Every figure of prediction files, as Markdown. */
export function scoreReport(files: readonly string[]): string {
  const { pooled, seeds, spread } = scoreFiles(files);
  return figureSections(pooled, { seeds, spread });
}

/**
 * How much higher the UAR of some prediction files is than that of others, over all seeds of both, and how likely such a
 * difference is by chance (`comparePaired`).
 *
 * @throws SerError `bad-artefact` if a file is missing or damaged
 * @throws RangeError if the files answer different clips
 */
export function compareFiles(files: readonly string[], others: readonly string[]): ComparisonResult {
  const [own, other] = [files, others].map((group) => group.map((file) => answersOf(readAnswers(file))));
  // Each seed of one with each of the other, so that every seed counts alike.
  const pairs = own.flatMap((first) => other.map((second) => ({ first, second })));
  const rows = pairs.flatMap(({ first, second }) => {
    if (first.size !== second.size || [...first.keys()].some((clip) => !second.has(clip))) {
      throw new RangeError(`compareFiles: files must answer the same clips, got ${first.size} and ${second.size}`);
    }
    return [...first].map(([clip, predicted]) => ({ clip: parseClip(clip), predicted, other: second.get(clip) ?? -1 }));
  });
  return comparePaired({
    truth: rows.map(({ clip }) => clip.label),
    actors: rows.map(({ clip }) => clip.actor),
    first: rows.map(({ predicted }) => predicted),
    second: rows.map((row) => row.other),
  });
}

/** The predicted class of each clip. */
function answersOf(rows: readonly ClipPrediction[]): Map<string, number> {
  return new Map(rows.map(({ clip, probabilities }) => [clip, topClass(probabilities)]));
}

/**
 * A difference in words.
 *
 * @example describeDifference({ difference: 0.057, pValue: 0.0012, actors: 24, draws: 10_000 }) // '+5.7 points (p = 0.0012)'
 */
export function describeDifference({ difference, pValue, draws }: ComparisonResult): string {
  const points = `${difference < 0 ? '−' : '+'}${(100 * Math.abs(difference)).toFixed(1)} points`;
  // The smallest that so many draws can show.
  return `${points} (p ${pValue <= 1 / draws ? `≤ ${1 / draws}` : `= ${pValue.toFixed(4)}`})`;
}

/** One line of a table of results, but for its name. */
function summaryRow(files: readonly string[]): TableRow {
  const { pooled, seeds, spread } = scoreFiles(files);
  const value = (measure: 'accuracy' | 'uar' | 'macroF1'): string => {
    const { low, high } = pooled.intervals[measure];
    const figure = seeds.length > 1 ? plusMinus(spread[measure]) : percent(spread[measure].mean);
    return `${figure} (${percent(low)} to ${percent(high)})`;
  };
  return {
    seeds: seeds.length,
    accuracy: value('accuracy'),
    UAR: value('uar'),
    'macro F1': value('macroF1'),
    clips: pooled.metrics.clips / seeds.length,
  };
}

/** One line for each group of files; models, which answer the same clips, beside the first one. */
function summaryTable(groups: readonly { name: string; files: string[] }[], column: string): string {
  const [first] = groups;
  const rows = groups.map(({ name, files }, index) => ({
    [column]: name,
    ...summaryRow(files),
    ...(column === 'model'
      ? { [`UAR over ${first.name}`]: index === 0 ? '–' : describeDifference(compareFiles(files, first.files)) }
      : {}),
  }));
  return markdownTable(rows);
}

const BLOCK = /(<!-- score (table|figures)(?: of (\w+)s)?\n([\s\S]*?)-->\n)([\s\S]*?)(<!-- end of score -->)/g;

/**
 * A text with its figures made anew from the prediction files that it names.
 *
 * A block `<!-- score table` lists lines `name: FILE FILE…`, each of which becomes a row, compared with the first;
 * `score table of divisions` has divisions in its first column, in place of models, and compares nothing. A block `<!-- score figures` lists one such line, which becomes every
 * figure. Either list ends with `-->`, and what follows up to `<!-- end of score -->` is replaced. Files are seen from
 * `folder`.
 *
 * @throws SerError `bad-artefact` if a block names no files, or a file is missing or damaged
 */
export function updateFigures(text: string, folder: string): string {
  return text.replace(
    BLOCK,
    (_, head: string, kind: string, named: string | undefined, list: string, __, end: string) => {
      const groups = list
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => {
          const [, name, files] = /^([^:]+):\s+(.+)$/.exec(line.trim()) ?? [];
          if (name === undefined) {
            throw new SerError('bad-artefact', `updateFigures: a line must be "name: FILE FILE…", got "${line}"`);
          }
          return { name, files: files.split(/\s+/).map((file) => path.resolve(folder, file)) };
        });
      if (groups.length === 0 || (kind === 'figures' && groups.length > 1)) {
        throw new SerError(
          'bad-artefact',
          `updateFigures: a block of figures must name one group of files, and a table one or more, got ${groups.length}`,
        );
      }
      const figures = kind === 'table' ? summaryTable(groups, named ?? 'model') : scoreReport(groups[0].files);
      return `${head}${figures}\n${end}`;
    },
  );
}

/** The prediction files that the blocks of a text name, as they stand there. */
export function filesNamed(text: string): string[] {
  return [...text.matchAll(BLOCK)].flatMap(([, , , , list]) =>
    list.split('\n').flatMap((line) =>
      line
        .trim()
        .split(/\s+/)
        .filter((word) => word.endsWith('.csv')),
    ),
  );
}
