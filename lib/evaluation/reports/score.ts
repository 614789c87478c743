/** Figures of committed predictions, from which the tables in README and model cards are generated and tested. */
import fs from 'node:fs';
import path from 'node:path';
import { parseClip } from '../../data/clip';
import { EMOTIONS } from '../../data/labels';
import { SerError } from '../../errors';
import { fitFusion, fuse } from '../../models/recommended/fusion';
import { shown } from '../../project';
import { type ClipPrediction, readPredictions } from '../../training/runs/predictions';
import { loadRun } from '../../training/runs/run';
import { type AggregatedReport, aggregateSeeds, type SeedPredictions } from '../aggregate-seeds';
import { type ComparisonResult, comparePredictions } from '../comparison';
import type { MetricsHead } from '../evaluate-run';
import { figureSections, markdownTable } from './markdown';
import { percent, plusMinus, points, range, type TableRow } from './report';

/**
 * Evaluates prediction files, one file per seed.
 *
 * A file `validation….csv` beside `predictions….csv`, if present, is used to fit temperatures and thresholds. In place of
 * a file, `FIRST+SECOND` stands for two models fused fold by fold, with weights from their validation predictions.
 *
 * @throws SerError `bad-artefact` if a file is missing or damaged
 * @throws RangeError if the files have different clips
 */
export function scoreFiles(files: readonly string[]): AggregatedReport {
  return aggregateSeeds(files.map(readSeed));
}

function readSeed(source: string): SeedPredictions {
  const [first, second] = partsOf(source).map(readFile);
  return second ? fuseSeeds(first, second) : first;
}

/** The files of a source: one, or the two of `FIRST+SECOND`. */
const partsOf = (source: string): string[] => (fs.existsSync(source) ? [source] : source.split('+', 2));

function readFile(file: string): SeedPredictions {
  const validation = path.join(path.dirname(file), path.basename(file).replace(/^predictions/, 'validation'));
  return {
    name: /seed-?(\d+)/.exec(path.basename(file))?.[1]?.replace(/^/, 'seed ') ?? path.basename(file),
    test: readChecked(file),
    ...(validation !== file && fs.existsSync(validation) ? { validation: readChecked(validation) } : {}),
  };
}

/** Fuses two models; the weights of each fold come from its validation clips. */
function fuseSeeds(first: SeedPredictions, second: SeedPredictions): SeedPredictions {
  const classes = EMOTIONS.length;
  const fused = { test: [] as ClipPrediction[], validation: [] as ClipPrediction[] };
  for (const fold of new Set(first.test.map((row) => row.fold))) {
    const [validation, test] = [first.validation, first.test].map((rows = []) =>
      rows.filter((row) => row.fold === fold),
    );
    const valuesOf = (rows: readonly ClipPrediction[]): Float32Array =>
      Float32Array.from(rows.flatMap(({ probabilities }) => Array.from(probabilities)));
    const [partners, testPartners] = [
      partnersOf(validation, second.validation ?? [], fold),
      partnersOf(test, second.test, fold),
    ];
    const labels = validation.map(({ truth }) => EMOTIONS.indexOf(truth));
    const fusion = fitFusion(valuesOf(validation), valuesOf(partners), labels, classes);
    const both = [
      ['validation', validation, partners],
      ['test', test, testPartners],
    ] as const;
    for (const [side, rows, others] of both) {
      const values = fuse(valuesOf(rows), valuesOf(others), fusion, classes);
      rows.forEach((row, index) => {
        fused[side].push({ ...row, probabilities: values.subarray(index * classes, (index + 1) * classes) });
      });
    }
  }
  return { name: first.name, ...fused };
}

/** Predictions of another model for the same clips of a fold, in the same order. */
function partnersOf(
  rows: readonly ClipPrediction[],
  others: readonly ClipPrediction[],
  fold: number,
): ClipPrediction[] {
  const byClip = new Map(others.filter((row) => row.fold === fold).map((row) => [row.clip, row]));
  const partners = rows.flatMap(({ clip }) => byClip.get(clip) ?? []);
  if (rows.length === 0 || partners.length < rows.length || byClip.size !== rows.length) {
    throw new RangeError(
      `scoreFiles: models to fuse must have the same test and validation clips, got ${rows.length} and ${byClip.size} ` +
        `in fold ${fold}`,
    );
  }
  return partners;
}

/** Predictions, checked against the true emotions in the clips' names. */
function readChecked(file: string): ClipPrediction[] {
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
  const report = scoreFiles(files);
  return figureSections(report.together, report);
}

/**
 * Difference in UAR between two sets of prediction files, over all seeds of both, with its p-value (`comparePaired`).
 *
 * @throws SerError `bad-artefact` if a file is missing or damaged
 * @throws RangeError if the files have different clips
 */
export function compareFiles(files: readonly string[], others: readonly string[]): ComparisonResult {
  const [own, other] = [files, others].map((group) =>
    group.map((source) => new Map(readSeed(source).test.map((row) => [row.clip, row]))),
  );
  // Pairs each seed of one with each seed of the other, so that all seeds have equal weight.
  const pairs = own.flatMap((first) =>
    other.flatMap((second) => {
      const both = [...first.values()].flatMap((row) => {
        const same = second.get(row.clip);
        return same ? [[row, same] as const] : [];
      });
      if (first.size !== second.size || both.length < first.size) {
        throw new RangeError(`compareFiles: files must have the same clips, got ${first.size} and ${second.size}`);
      }
      return both;
    }),
  );
  return comparePredictions(pairs);
}

/**
 * A difference in words.
 *
 * @example describeDifference({ difference: 0.057, pValue: 0.0012, actors: 24, draws: 10_000 }) // '+5.7 points (p = 0.0012)'
 */
export function describeDifference({ difference, pValue, draws }: ComparisonResult): string {
  // The smallest p-value of so many draws.
  return `${points(difference)} (p ${pValue <= 1 / draws ? `≤ ${1 / draws}` : `= ${pValue.toFixed(4)}`})`;
}

/** One line for each group of files; models with the same clips are compared with the first. */
function summaryTable(groups: readonly { name: string; files: string[] }[], column: string): string {
  const rows = groups.map(({ name, files }, index): TableRow => {
    const { together, seeds, spread } = scoreFiles(files);
    const value = (measure: keyof typeof spread): string => {
      const figure = seeds.length > 1 ? plusMinus(spread[measure]) : percent(spread[measure].mean);
      return `${figure} (${range(together.intervals[measure])})`;
    };
    return {
      [column]: name,
      seeds: seeds.length,
      accuracy: value('accuracy'),
      UAR: value('uar'),
      'macro F1': value('macroF1'),
      clips: together.metrics.clips / seeds.length,
      ...(column === 'model'
        ? {
            [`UAR over ${groups[0].name}`]:
              index === 0 ? '–' : describeDifference(compareFiles(files, groups[0].files)),
          }
        : {}),
    };
  });
  return markdownTable(rows);
}

/** metrics.json of a shipped model. */
export interface ShippedMetrics extends MetricsHead {
  /** Of the prediction files that the figures are the means of. */
  seeds: string[];
}

/** Protocol of the out-of-fold predictions beside a shipped model. */
const SHIPPED_PROTOCOL = 'actor-5';

/**
 * Figures of a shipped model, which no actor is left to test on: those of models trained in the same way on folds, from
 * the files `predictions-seed….csv` in its folder. To six digits.
 *
 * @throws SerError `bad-artefact` if run.json or the predictions are missing or damaged
 */
export function shippedMetrics(folder: string): ShippedMetrics {
  const { corpus, configuration } = loadRun(path.dirname(folder), path.basename(folder)).info;
  const names = fs.readdirSync(folder).filter((name) => /^predictions-seed\d+\.csv$/.test(name));
  if (names.length === 0) {
    throw new SerError('bad-artefact', `shippedMetrics: predictions-seed….csv must be in ${shown(folder)}, got none`);
  }
  const { seeds, spread } = scoreFiles(names.sort().map((name) => path.join(folder, name)));
  const mean = (measure: keyof typeof spread): number => Number(spread[measure].mean.toFixed(6));
  return {
    corpus: corpus.kind,
    corpusLabel: corpus.description,
    clips: corpus.clips,
    protocol: SHIPPED_PROTOCOL,
    model: String(configuration.model),
    seeds: seeds.map(({ name }) => name),
    accuracy: mean('accuracy'),
    uar: mean('uar'),
    macroF1: mean('macroF1'),
  };
}

const BLOCK = /(<!-- score (table|figures)(?: of (\w+)s)?\n([\s\S]*?)-->\n)([\s\S]*?)(<!-- end of score -->)/g;

/**
 * Regenerates the figures of a text from the prediction files that it names.
 *
 * A block `<!-- score table` lists lines `name: FILE FILE…`, a file for each seed (or `FILE+FILE`, fused). Each becomes a row, compared with the first. `score table of
 * divisions` has divisions instead of models in its first column, and no comparison. A block `<!-- score figures` lists
 * one such line, which becomes every figure. Each list ends with `-->`; the text from there to `<!-- end of score -->` is
 * replaced. File names are relative to `folder`.
 *
 * @throws SerError `bad-artefact` if a block names no files, or a file is missing or damaged
 */
export function updateFigures(text: string, folder: string): string {
  return text.replace(
    BLOCK,
    (_, head: string, kind: string, named: string | undefined, list: string, __, end: string) => {
      const groups = groupsNamed(list, folder);
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

/** The groups of prediction files that the list of a block names. */
function groupsNamed(list: string, folder: string): { name: string; files: string[] }[] {
  return list
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name, files] = /^([^:]+):\s+(.+)$/.exec(line.trim()) ?? [];
      if (name === undefined) {
        throw new SerError('bad-artefact', `updateFigures: a line must be "name: FILE FILE…", got "${line}"`);
      }
      const absolute = (source: string): string => {
        const whole = path.resolve(folder, source);
        if (fs.existsSync(whole)) return whole;
        return partsOf(source)
          .map((file) => path.resolve(folder, file))
          .join('+');
      };
      return { name, files: files.split(/\s+/).map(absolute) };
    });
}
