import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { abstentionPoint, areaUnderRiskCoverage, riskCoverage } from '../../evaluation/calibration/abstention';
import {
  applyTemperature,
  expectedCalibrationError,
  fitTemperature,
  reliability,
} from '../../evaluation/calibration/calibration';
import { readJson } from '../../files';

interface Golden {
  calibration: {
    truth: number[];
    probabilities: number[][];
    temperature: number;
    error: Record<'5' | '15', number>;
    area: number;
  }[];
}
const { calibration } = readJson<Golden>(path.resolve(__dirname, '../../../test/fixtures/judgement-golden.json'));

for (const [index, { truth, probabilities, temperature, error, area }] of calibration.entries()) {
  test(`temperature, calibration error and risk–coverage area equal scipy's and numpy's, case ${index + 1}`, () => {
    const fitted = fitTemperature(probabilities, truth);
    assert.ok(Math.abs(fitted / temperature - 1) < 1e-5, `temperature ${fitted} instead of ${temperature}`);
    for (const bins of [5, 15] as const) {
      const found = expectedCalibrationError(probabilities, truth, bins);
      assert.ok(Math.abs(found - error[bins]) < 1e-12, `error over ${bins} bins: ${found} instead of ${error[bins]}`);
    }
    const found = areaUnderRiskCoverage(riskCoverage(probabilities, truth));
    assert.ok(Math.abs(found - area) < 1e-12, `area ${found} instead of ${area}`);
  });

  test(`the fitted temperature leaves every decision as it was and lowers the loss, case ${index + 1}`, () => {
    const fitted = fitTemperature(probabilities, truth);
    const top = (row: readonly number[]): number => row.indexOf(Math.max(...row));
    const loss = (rows: number[][]): number => rows.reduce((sum, row, clip) => sum - Math.log(row[truth[clip]]), 0);
    const scaled = probabilities.map((row) => applyTemperature(row, fitted));
    assert.deepEqual(scaled.map(top), probabilities.map(top));
    assert.ok(loss(scaled) < loss(probabilities));
    for (const row of scaled) assert.ok(Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) < 1e-12);
  });
}

test('applyTemperature leaves probabilities alone at 1 and keeps zeros finite', () => {
  const row = [0.5, 0.3, 0.2, 0];
  applyTemperature(row, 1).forEach((value, index) => void assert.ok(Math.abs(value - row[index]) < 1e-12));
  assert.ok(applyTemperature(row, 5).every(Number.isFinite));
  assert.throws(() => applyTemperature(row, 0), /applyTemperature: temperature must be above 0, got 0/);
});

test('reliability counts every clip in one bin, the surest ones in the last', () => {
  const rows = [
    [1, 0],
    [0.9, 0.1],
    [0.5, 0.5],
    [0.35, 0.65],
  ];
  const bins = reliability(rows, [0, 1, 0, 1], 10);
  assert.deepEqual(
    bins.map(({ clips }) => clips),
    [0, 0, 0, 0, 1, 0, 1, 0, 1, 1],
  );
  assert.deepEqual(bins[9], { low: 0.9, high: 1, clips: 1, confidence: 1, accuracy: 1 });
  assert.equal(bins[8].accuracy, 0);
  assert.throws(() => reliability(rows, [0], 10), /one entry per clip/);
});

test('riskCoverage answers the surest clips first, and those of one confidence together', () => {
  const points = riskCoverage(
    [
      [0.9, 0.1],
      [0.6, 0.4],
      [0.6, 0.4],
      [0.2, 0.8],
    ],
    [0, 0, 1, 0],
  );
  assert.deepEqual(points, [
    { threshold: 0.9, coverage: 0.25, risk: 0 },
    { threshold: 0.8, coverage: 0.5, risk: 0.5 },
    { threshold: 0.6, coverage: 1, risk: 0.5 },
  ]);
  assert.deepEqual(abstentionPoint(points, 0.4), points[0]);
  assert.deepEqual(abstentionPoint(points, 0.5), points[2]);
  assert.equal(abstentionPoint(points.slice(1), 0.2), undefined);
});
