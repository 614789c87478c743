import assert from 'node:assert/strict';
import test from 'node:test';
import { FUNCTIONALS, functionals, functionalsTable } from '../../features/summary/functionals';
import { deviationOf, featureGolden } from '../support/feature-golden';

for (const [name, { mfcc, statistics }] of Object.entries(featureGolden.cepstra)) {
  const names = Array.from({ length: mfcc.coefficients }, (_, k) => `c${k}`);
  const features = { ...mfcc, values: Float32Array.from(mfcc.values, Number) };

  for (const functional of FUNCTIONALS) {
    test(`${functional} of the MFCCs of "${name}" equals NumPy and SciPy within one part in 100,000`, (context) => {
      const table = functionalsTable(features, names);
      const deviation = deviationOf(
        names.map((row) => table[row][functional]),
        { values: statistics[functional] },
        { tolerance: 1e-5 },
      );
      context.diagnostic(deviation.text);
      assert.ok(deviation.relative <= 1e-5, deviation.text);
    });
  }
}

test('values that are not numbers are left out, and keep their places in time', () => {
  const row = functionals([Number.NaN, 2, Number.NaN, 6, 8, Number.NaN]);
  assert.equal(row.minimum, 2);
  assert.ok(Math.abs(row.mean - 16 / 3) < 1e-12);
  assert.equal(row.median, 6);
  assert.ok(Math.abs(row.slope - 2) < 1e-12);
});

test('equal values have no skewness, a single one has no slope, none have nothing', () => {
  const equal = functionals([0.1, 0.1, 0.1, 0.1, 0.1, 0.1]);
  assert.deepEqual([equal.skewness, equal.kurtosis], [Number.NaN, Number.NaN]);
  assert.ok(Math.abs(equal.slope) < 1e-15);
  assert.equal(functionals([3]).slope, Number.NaN);
  assert.ok(FUNCTIONALS.every((functional) => Number.isNaN(functionals([])[functional])));
});

test('a table has a row for each name', () => {
  const features = { frames: 3, coefficients: 2, values: Float32Array.of(1, 10, 2, 20, 6, 30) };
  const table = functionalsTable(features, ['level', 'tilt']);
  assert.equal(table.tilt.slope, 10);
  assert.equal(table.tilt.maximum, 30);
  assert.equal(table.level.mean, 3);
});

test('functionalsTable wants a different name for each coefficient', () => {
  const features = { frames: 1, coefficients: 2, values: Float32Array.of(1, 10) };
  assert.throws(() => functionalsTable(features, ['a']), /names must be 2 different ones, got a/);
  assert.throws(() => functionalsTable(features, ['a', 'a']), /names must be 2 different ones, got a, a/);
});
