/** Figures in README and in model cards are those of the committed predictions. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { parseClip } from '../../data/clip';
import { EMOTIONS } from '../../data/labels';
import { foldsOf, PROTOCOL_NAMES, PROTOCOLS_EXPLAINED } from '../../evaluation/protocols';
import {
  compareFiles,
  describeDifference,
  scoreFiles,
  scoreReport,
  shippedMetrics,
  updateFigures,
} from '../../evaluation/reports/score';
import { jsonText } from '../../files';
import { PROJECT } from '../../project';
import { Random } from '../../random';
import { readPredictions, writePredictions } from '../../training/runs/predictions';
import { allClips, madePredictions } from '../support/made-predictions';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-score-'));
after(() => fs.rmSync(folder, { recursive: true }));
for (const seed of [11, 12]) {
  const { test: tested, validation } = madePredictions(seed);
  writePredictions(path.join(folder, `predictions-seed${seed}.csv`), tested);
  writePredictions(path.join(folder, `validation-seed${seed}.csv`), validation);
}
const files = [11, 12].map((seed) => path.join(folder, `predictions-seed${seed}.csv`));

/** The prediction files that the lists of a text name. */
const filesNamed = (text: string): string[] =>
  [...text.matchAll(/<!-- score [^>]*-->/g)].flatMap(([block]) => block.match(/[^\s+]+\.csv/g) ?? []);

const README = `# Title

<!-- score table
one seed: predictions-seed11.csv
both: predictions-seed11.csv predictions-seed12.csv
-->
stale
<!-- end of score -->

Text.

<!-- score figures
both: predictions-seed11.csv predictions-seed12.csv
-->
<!-- end of score -->
`;

test('scoreFiles gives mean and deviation over seeds, and calibration where validation predictions lie beside', () => {
  const { seeds, together, spread } = scoreFiles(files);
  assert.deepEqual(
    seeds.map(({ name }) => name),
    ['seed 11', 'seed 12'],
  );
  assert.equal(together.metrics.clips, 2880);
  assert.equal(together.calibration?.folds.length, 10);
  assert.ok(Math.abs(together.metrics.uar - spread.uar.mean) < 1e-12);
  const alone = path.join(folder, 'alone', 'predictions.csv');
  writePredictions(alone, madePredictions(3).test);
  assert.equal(scoreFiles([alone]).together.calibration, undefined);
});

test('two models are fused fold by fold, with weights from their validation predictions alone', () => {
  const other = path.join(folder, 'other', 'predictions-seed11.csv');
  // The second model errs in its own way on both sides; its true emotions stand out less.
  const { test: tested, validation } = madePredictions(11);
  const random = new Random(7);
  const weakened = (rows: typeof tested): typeof tested =>
    rows.map((row) => {
      const powers = EMOTIONS.map((emotion) => Math.exp(random.normal() + (emotion === row.truth ? 1 : 0)));
      const sum = powers.reduce((total, power) => total + power, 0);
      return { ...row, probabilities: powers.map((power) => power / sum) };
    });
  writePredictions(other, weakened(tested));
  writePredictions(path.join(folder, 'other', 'validation-seed11.csv'), weakened(validation));
  const [first, second, fused] = [files[0], other, `${files[0]}+${other}`].map(
    (source) => scoreFiles([source]).together,
  );
  assert.ok(fused.metrics.uar > first.metrics.uar + 0.02, `${fused.metrics.uar} over ${first.metrics.uar}`);
  assert.ok(fused.metrics.uar > second.metrics.uar);
  const { clips: before } = scoreFiles([`${files[0]}+${files[0]}`]).together;
  assert.deepEqual(before, first.clips);
  assert.throws(() => scoreFiles([`${files[0]}+${files[1]}`]), {
    name: 'RangeError',
    message: /same test and validation/,
  });
});

test('a plus in the name of a file is part of the name', () => {
  writePredictions(path.join(folder, 'with+plus', 'predictions-seed11.csv'), madePredictions(11).test);
  const block = '<!-- score figures\none: with+plus/predictions-seed11.csv\n-->\n<!-- end of score -->\n';
  assert.match(updateFigures(block, folder), /1440 predictions for clips of 24 actors/);
});

test('updateFigures fills each block from the files that it names, and leaves the rest', () => {
  const updated = updateFigures(README, folder);
  const { spread, together } = scoreFiles(files);
  const uar = `${(100 * spread.uar.mean).toFixed(1)} ± ${(100 * spread.uar.deviation).toFixed(1)} %`;
  const { low, high } = together.intervals.uar;
  assert.ok(updated.includes(`${uar} (${(100 * low).toFixed(1)} % to ${(100 * high).toFixed(1)} %)`), updated);
  assert.ok(updated.includes(scoreReport(files)));
  assert.match(updated, /^# Title\n\n<!-- score table\none seed/);
  assert.match(updated, /\| model \| seeds \|/);
  assert.doesNotMatch(updated, /stale/);
  const divisions = updateFigures(README.replace('score table', 'score table of divisions'), folder);
  assert.match(divisions, /\| division \| seeds \|/);
  assert.doesNotMatch(divisions, /UAR over/);
  assert.match(
    updated,
    /\| clips \| UAR over one seed \|\n.*\n\| one seed .* – \|\n\| both .* points \(p = \d\.\d{4}\) \|\n/,
  );
  assert.equal(updateFigures(updated, folder), updated, 'nothing left to update');
  const wrong = updated.replace(uar, uar.replace('±', '+'));
  assert.notEqual(updateFigures(wrong, folder), wrong);
  assert.deepEqual(
    filesNamed(README),
    ['seed11', 'seed11', 'seed12', 'seed11', 'seed12'].map((s) => `predictions-${s}.csv`),
  );
});

test('updateFigures refuses a block without files, and files that are missing', () => {
  const block = (list: string): string => `<!-- score table\n${list}-->\n<!-- end of score -->`;
  assert.throws(() => updateFigures(block(''), folder), /must name one group of files, and a table one or more, got 0/);
  assert.throws(() => updateFigures(block('no files\n'), folder), /a line must be "name: FILE FILE…", got "no files"/);
  assert.throws(() => updateFigures(block('gone: gone.csv\n'), folder), /no predictions in .*gone\.csv/);
});

test('README files and model cards agree with the committed predictions, and the results name all of them', () => {
  const models = path.join(PROJECT, 'data', 'models');
  const below = fs.existsSync(models) ? fs.readdirSync(models, { recursive: true, encoding: 'utf8' }) : [];
  const committed = below.filter((file) => /^predictions.*\.csv$/.test(path.basename(file)));
  const cards = below.filter((file) => file.endsWith('.md')).map((file) => path.join(models, file));
  const readme = path.join(PROJECT, 'README.md');
  for (const file of [readme, ...cards]) {
    const text = fs.readFileSync(file, 'utf8');
    assert.equal(text, updateFigures(text, path.dirname(file)), `${file}: npm run score -- --update`);
  }
  const results = fs.readFileSync(path.join(models, 'README.md'), 'utf8');
  const named = filesNamed(results).map((file) => path.resolve(models, file));
  const missing = committed.map((file) => path.join(models, file)).filter((file) => !named.includes(file));
  assert.deepEqual(missing, [], 'data/models/README.md has no figures of these');
});

test('metrics.json of the shipped model agrees with the committed predictions', () => {
  const shipped = path.join(PROJECT, 'data', 'models', 'recommended');
  const metrics = shippedMetrics(shipped);
  const wayOut = 'npm run score -- --update';
  assert.equal(fs.readFileSync(path.join(shipped, 'metrics.json'), 'utf8'), jsonText(metrics), wayOut);
  const { spread } = scoreFiles([11, 12, 13].map((seed) => path.join(shipped, `predictions-seed${seed}.csv`)));
  assert.ok(Math.abs(metrics.accuracy - spread.accuracy.mean) <= 5e-7);
  assert.deepEqual([metrics.protocol, metrics.corpus, metrics.clips], ['actor-5', 'ravdess', 1440]);
});

test('predictions whose true emotion is not that of the clip are refused', () => {
  const [first, ...rest] = madePredictions(11).test;
  const wrong = path.join(folder, 'predictions-wrong.csv');
  writePredictions(wrong, [{ ...first, truth: first.truth === 'sad' ? 'calm' : 'sad' }, ...rest]);
  assert.throws(() => scoreFiles([wrong]), /the true emotion of \S+ must be \w+, got (sad|calm) in .*wrong\.csv/);
});

test('compareFiles pairs every seed of one with every seed of the other', () => {
  const [first, second] = files;
  const one = compareFiles([first], [second]);
  const [a, b] = files.map((file) => scoreFiles([file]).together.metrics.uar);
  assert.ok(Math.abs(one.difference - (a - b)) < 1e-12);
  assert.ok(one.pValue > 0.05, `two seeds of one model are alike, p ${one.pValue}`);
  const both = compareFiles(files, [second]);
  assert.ok(Math.abs(both.difference - ((a + b) / 2 - b)) < 1e-12);
  assert.equal(both.actors, 24);
  const sharp = path.join(folder, 'predictions-better.csv');
  const right = madePredictions(11).test.map((row) => ({
    ...row,
    probabilities: EMOTIONS.map((emotion) => Number(emotion === row.truth)),
  }));
  writePredictions(sharp, right);
  assert.match(describeDifference(compareFiles([sharp], files)), /^\+\d+\.\d points \(p ≤ 0\.0001\)$/);
  assert.match(describeDifference(compareFiles(files, [sharp])), /^−/);
  const fewer = path.join(folder, 'predictions-fewer.csv');
  writePredictions(fewer, right.slice(1));
  assert.throws(() => compareFiles([sharp], [fewer]), /must have the same clips, got 1440 and 1439/);
});

test('the committed predictions are of the folds that they name, and validation predictions of no test actor', () => {
  const models = path.join(PROJECT, 'data', 'models');
  const tables = fs
    .readdirSync(models, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(predictions|validation)-[\w-]+\.csv$/.test(name));
  assert.ok(tables.length > 20, `${tables.length}`);
  for (const name of tables) {
    const protocol = PROTOCOL_NAMES.find((own) => name.endsWith(`-${own}.csv`)) ?? 'actor-5';
    if (PROTOCOLS_EXPLAINED[protocol].leak) continue;
    const tested = foldsOf(protocol, allClips).map(({ number, test: positions }) => {
      return [number, new Set(positions.map((position) => allClips[position].actor))] as const;
    });
    const actorsOf = new Map(tested);
    const rows = readPredictions(path.join(models, name));
    for (const { clip, fold, truth } of rows) {
      const { actor, emotion } = parseClip(clip);
      assert.equal(truth, emotion, `${name}: ${clip}`);
      assert.equal(actorsOf.get(fold)?.has(actor), name.includes('predictions'), `${name}: ${clip} in fold ${fold}`);
    }
    if (name.includes('predictions')) assert.equal(new Set(rows.map(({ clip }) => clip)).size, 1440, name);
  }
});
