import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitPlatt, plattProbability } from '../../inference/gender/platt';
import { Random } from '../../random';

test('fitPlatt finds the curve that margins were drawn by', () => {
  const random = new Random(5, 'platt.test');
  const margins = Array.from({ length: 20_000 }, () => 4 * random.uniform() - 2);
  const truth = { slope: 2, intercept: -0.5 };
  const positive = margins.map((margin) => random.uniform() < plattProbability(truth, margin));
  const { slope, intercept } = fitPlatt(margins, positive);
  assert.ok(Math.abs(slope - 2) < 0.1 && Math.abs(intercept + 0.5) < 0.1, `${slope}, ${intercept}`);
});

test('fitPlatt stays finite where no clip is on the wrong side, and keeps the mean of its targets', () => {
  const margins = [-2, -1.5, -1, 1, 1.5, 2];
  const scaling = fitPlatt(
    margins,
    margins.map((margin) => margin > 0),
  );
  const probabilities = margins.map((margin) => plattProbability(scaling, margin));
  assert.ok(
    probabilities.every((p) => p > 0.01 && p < 0.99),
    `${probabilities}`,
  );
  // Where the gradient is zero, probabilities add up to the targets: three times 4/5 and three times 1/5.
  assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 3) < 1e-6);
});
