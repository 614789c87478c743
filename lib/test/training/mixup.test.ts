import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../../random';
import { tf } from '../../tensorflow';
import { beta, drawMix, mixRows } from '../../training/step';

test('beta has the mean and variance of its distribution, for small and large shapes', () => {
  const draws = 40_000;
  for (const [a, b] of [
    [0.2, 0.2],
    [1, 1],
    [2, 5],
    [0.5, 3],
    [40, 10],
  ]) {
    const random = new Random(11, 'beta', a, b);
    const values = Array.from({ length: draws }, () => beta(a, b, random));
    const mean = values.reduce((sum, value) => sum + value, 0) / draws;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws;
    const [expectedMean, expectedVariance] = [a / (a + b), (a * b) / ((a + b) ** 2 * (a + b + 1))];
    // Five standard errors of the mean; the variance is known to a few parts in a hundred.
    assert.ok(
      Math.abs(mean - expectedMean) < 5 * Math.sqrt(expectedVariance / draws),
      `Beta(${a}, ${b}): mean ${mean}`,
    );
    assert.ok(Math.abs(variance / expectedVariance - 1) < 0.04, `Beta(${a}, ${b}): variance ${variance}`);
  }
});

test('shapes so small that the gamma numbers underflow give shares of 0 and 1, half and half', () => {
  const random = new Random(11, 'tiny');
  const values = Array.from({ length: 2000 }, () => beta(1e-4, 1e-4, random));
  assert.ok(values.every((value) => value >= 0 && value <= 1));
  const ones = values.filter((value) => value > 0.5).length;
  assert.ok(Math.abs(ones - 1000) < 5 * Math.sqrt(500), `${ones} of 2000`);
});

test('drawMix pairs every row with one row, and one seed gives one mix', () => {
  const mix = drawMix(50, 0.4, new Random(3));
  assert.deepEqual(
    Array.from(mix.partners).sort((a, b) => a - b),
    Array.from({ length: 50 }, (_, row) => row),
  );
  assert.ok(mix.shares.every((share) => share >= 0 && share <= 1));
  const own = mix.partners.filter((partner, row) => partner === row).length;
  assert.ok(own < 10, `${own} of 50 rows are their own partners; one is expected`);
  assert.deepEqual(drawMix(50, 0.4, new Random(3)), mix);
  assert.notDeepEqual(drawMix(50, 0.4, new Random(4)), mix);
});

test('mixRows blends every value of a row with its partner, and targets keep the sum 1', () => {
  const mix = { partners: Int32Array.of(2, 0, 1), shares: Float32Array.of(1, 0.25, 0) };
  tf.tidy(() => {
    const rows = tf.tensor4d([1, 2, 10, 20, 100, 200], [3, 2, 1, 1]);
    const mixed = mixRows(rows, mix);
    assert.deepEqual(mixed.shape, [3, 2, 1, 1]);
    assert.deepEqual([...mixed.dataSync()], [1, 2, 0.25 * 10 + 0.75 * 1, 0.25 * 20 + 0.75 * 2, 10, 20]);
    const targets = mixRows(tf.tensor2d([1, 0, 0, 1, 1, 0], [3, 2]), mix);
    assert.deepEqual([...targets.dataSync()], [1, 0, 0.75, 0.25, 0, 1]);
  });
});

test('mixRows leaves one tensor behind, its inputs and the mix alone', () => {
  const rows = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const mix = drawMix(2, 1, new Random(1));
  const copy = structuredClone(mix);
  const before = tf.memory().numTensors;
  const mixed = mixRows(rows, mix);
  assert.equal(tf.memory().numTensors, before + 1);
  assert.deepEqual([...rows.dataSync()], [1, 2, 3, 4]);
  assert.deepEqual(mix, copy);
  tf.dispose([rows, mixed]);
});

test('drawMix refuses an alpha that makes no sense', () => {
  for (const alpha of [0, -1, Number.POSITIVE_INFINITY]) {
    const message = `drawMix: alpha must be above 0, got ${alpha}`;
    assert.throws(() => drawMix(3, alpha, new Random(1)), { name: 'RangeError', message });
  }
});
