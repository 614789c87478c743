/** Figures from committed predictions: tables in README and model cards are made from files, and held to them. */
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from '../errors';
import { readPredictions } from '../training/predictions';
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
    test: readPredictions(file),
    ...(validation !== file && fs.existsSync(validation) ? { validation: readPredictions(validation) } : {}),
  };
}

/** Every figure of prediction files, as Markdown. */
export function scoreReport(files: readonly string[]): string {
  const { pooled, seeds, spread } = scoreFiles(files);
  return figureSections(pooled, { seeds, spread });
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

const BLOCK = /(<!-- score (table|figures)(?: of (\w+)s)?\n([\s\S]*?)-->\n)([\s\S]*?)(<!-- end of score -->)/g;

/**
 * A text with its figures made anew from the prediction files that it names.
 *
 * A block `<!-- score table` lists lines `name: FILE FILE…`, each of which becomes a row; `score table of divisions` has
 * divisions in its first column, in place of models. A block `<!-- score figures` lists one such line, which becomes every
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
      const figures =
        kind === 'table'
          ? markdownTable(groups.map(({ name, files }) => ({ [named ?? 'model']: name, ...summaryRow(files) })))
          : scoreReport(groups[0].files);
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
