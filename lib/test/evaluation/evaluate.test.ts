import assert from 'node:assert/strict';
import test from 'node:test';
import { EMOTIONS } from '../../data/labels';
import { aggregateSeeds } from '../../evaluation/aggregate-seeds';
import { calibrateFolds, chooseCalibration } from '../../evaluation/calibration/calibrate-folds';
import { applyTemperature } from '../../evaluation/calibration/calibration';
import { evaluate } from '../../evaluation/evaluate';
import { topClass } from '../../evaluation/metrics';
import { figureSections } from '../../evaluation/reports/markdown';
import { plusMinus } from '../../evaluation/reports/report';
import {
  calibrationTable,
  confusionTable,
  foldScoreTable,
  leakTable,
  scoreTable,
  seedTable,
} from '../../evaluation/reports/tables';
import { madePredictions } from '../support/made-predictions';

const sharp = madePredictions(1, 3);
const report = evaluate(sharp.test, sharp.validation);

test('a temperature fitted on validation clips corrects overconfident models: calibration error and loss fall on test clips', () => {
  const { before, after, folds } = report.calibration;
  assert.equal(folds.length, 5);
  for (const { temperature, validationClips } of folds) {
    assert.ok(temperature > 2.4 && temperature < 3.7, `${temperature}`);
    assert.equal(validationClips, 240);
  }
  assert.ok(before.ece > 0.15 && after.ece < 0.04, `${before.ece} ${after.ece}`);
  assert.ok(after.loss < before.loss);
  assert.deepEqual(
    report.predicted,
    sharp.test.map(({ probabilities }) => topClass(probabilities)),
    'no prediction changes',
  );
});

test('figures of several seeds count predictions, and their calibration error is the mean over seeds', () => {
  const seeds = [1, 2].map((seed) => ({ name: `seed ${seed}`, ...madePredictions(seed, seed) }));
  const { together, ...rest } = aggregateSeeds(seeds);
  const text = figureSections(together, rest);
  const errors = rest.seeds.map(({ report }) => report.calibration?.before.ece ?? Number.NaN);
  const mean = (errors[0] + errors[1]) / 2;
  assert.ok(Math.abs(mean - (together.calibration?.before.ece ?? mean)) > 1e-4, 'together it is another');
  assert.match(text, new RegExp(`calibration error, before \\| ${(100 * mean).toFixed(1)} %`));
  assert.match(text, /\| group \| clips × seeds \|/);
  assert.doesNotMatch(text, /\| clips \|/);
  assert.match(figureSections(report), /\| group \| clips \|/);
});

test('every fold has a temperature of its own, applied to its own test clips', () => {
  const doubled = sharp.validation.map((row) =>
    row.fold === 2 ? { ...row, probabilities: applyTemperature(row.probabilities, 0.5) } : row,
  );
  const changed = calibrateFolds(sharp.test, doubled);
  const [one, two] = [0, 1].map((index) => changed.calibration.folds[index].temperature);
  const [oneBefore, twoBefore] = [0, 1].map((index) => report.calibration.folds[index].temperature);
  assert.equal(one, oneBefore);
  assert.ok(Math.abs(two / twoBefore - 2) < 1e-3, `${two} ${twoBefore}`);
  changed.probabilities.forEach((row, clip) => {
    const same = row.every((value, index) => value === report.probabilities[clip][index]);
    assert.equal(same, sharp.test[clip].fold !== 2);
  });
});

test('the threshold fitted on validation clips gives about the target risk on test clips', () => {
  const { abstention, curve, aurc } = calibrateFolds(sharp.test, sharp.validation, 0.2).calibration;
  assert.equal(abstention.target, 0.2);
  assert.ok(abstention.risk !== undefined && Math.abs(abstention.risk - 0.2) < 0.04, `${abstention.risk}`);
  assert.ok(abstention.coverage > 0.3 && abstention.coverage < 1);
  assert.ok(curve.length > 1000 && aurc > 0 && aurc < 1 - report.metrics.accuracy);
  const never = calibrateFolds(
    sharp.test,
    sharp.validation.map((row) => ({ ...row, truth: 'calm' as const })),
    0,
  );
  assert.ok(never.calibration.abstention.coverage < 0.02);
});

test('calibration of the shipped model follows that of a fold: a temperature, then a confidence threshold', () => {
  const [fold] = report.calibration.folds;
  const own = sharp.validation.filter((row) => row.fold === fold.fold);
  assert.deepEqual(chooseCalibration(own), { temperature: fold.temperature, threshold: fold.threshold });
  assert.ok(chooseCalibration(own, 0.05).threshold > chooseCalibration(own, 0.4).threshold);
});

test('a fold without validation predictions is refused', () => {
  const some = sharp.validation.filter(({ fold }) => fold !== 4);
  assert.throws(() => evaluate(sharp.test, some), {
    code: 'bad-artefact',
    message: /got none for fold 4; run 3-train again/,
  });
  assert.equal(evaluate(sharp.test).calibration, undefined);
});

test('evaluate scores folds, actors and other groups by clip names', () => {
  assert.equal(report.metrics.clips, 1440);
  assert.deepEqual(report.folds[0].actors, [2, 5, 14, 15, 16]);
  assert.deepEqual(
    report.folds.map(({ clips }) => clips),
    [300, 300, 300, 300, 240],
  );
  const weighted = report.folds.reduce((sum, { clips, accuracy }) => sum + clips * accuracy, 0) / 1440;
  assert.ok(Math.abs(weighted - report.metrics.accuracy) < 1e-12);
  assert.equal(report.groups.actor.length, 24);
  assert.deepEqual(
    report.groups.intensity.map(({ group, clips }) => [group, clips]),
    [
      ['normal', 768],
      ['strong', 672],
    ],
  );
  const { low, estimate, high } = report.intervals.macroF1;
  assert.ok(low < estimate && estimate < high && Math.abs(estimate - report.metrics.macroF1) < 1e-12);
});

test('aggregated over seeds, accuracy and UAR are the means over the seeds, and temperatures are not shared', () => {
  const seeds = [1, 2, 3].map((seed) => ({ name: `seed ${seed}`, ...madePredictions(seed, seed) }));
  const { together, spread, seeds: each } = aggregateSeeds(seeds);
  for (const measure of ['accuracy', 'uar'] as const) {
    assert.ok(Math.abs(together.metrics[measure] - spread[measure].mean) < 1e-12);
  }
  assert.deepEqual(
    together.calibration?.folds.map(({ temperature }) => temperature),
    each.flatMap(({ report }) => report.calibration?.folds.map(({ temperature }) => temperature)),
  );
  const uars = each.map(({ report }) => report.metrics.uar);
  const mean = uars.reduce((sum, value) => sum + value, 0) / 3;
  const deviation = Math.sqrt(uars.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2);
  assert.equal(seedTable({ seeds: each, spread }).at(-1)?.UAR, plusMinus({ mean, deviation }));
  assert.equal(plusMinus({ mean: 0.701, deviation: 0.012 }), '70.1 ± 1.2 %');
  assert.throws(
    () => aggregateSeeds([seeds[0], { ...seeds[1], test: seeds[1].test.slice(1) }]),
    /must have the same clips/,
  );
});

test('tables contain the figures', () => {
  const scores = scoreTable(report);
  assert.equal(scores[1].value, `${(100 * report.metrics.uar).toFixed(1)} %`);
  assert.match(String(scores[1]['mean ± deviation of folds']), /^\d+\.\d ± \d+\.\d %$/);
  assert.equal(foldScoreTable(report.folds)[4]['tested actors'], '1, 4, 9, 22');
  const [neutral] = confusionTable(report.metrics.confusion);
  const [row] = report.metrics.confusion;
  assert.equal(neutral.neutral, `${row[0]} (${Math.round((100 * row[0]) / 96)} %)`);
  assert.deepEqual(Object.keys(neutral), ['acted', ...EMOTIONS]);
  const calibration = Object.fromEntries(
    calibrationTable(report.calibration).map(({ measure, value }) => [measure, value]),
  );
  assert.equal(
    calibration['expected calibration error, after'],
    `${(100 * report.calibration.after.ece).toFixed(1)} %`,
  );
  const leaks = { testRows: 1440, sameClip: 3, sameActor: 7 };
  const table = leakTable([{ ...report, protocol: 'original', leaks }]);
  assert.equal(table[0].protocol, 'original, which leaks');
  assert.equal(table[0]['of a training actor'], 7);
  assert.equal(table[1].accuracy, '60 to 62 %');
});
