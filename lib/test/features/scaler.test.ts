import assert from 'node:assert/strict';
import test from 'node:test';
import { scaleUtterance } from '../../features/scaler';
import { functionalsTable } from '../../features/summary/functionals';
import { featureGolden } from '../support/feature-golden';

const { mfcc } = featureGolden.cepstra.speech;
const features = { ...mfcc, values: Float32Array.from(mfcc.values, Number) };
const names = Array.from({ length: mfcc.coefficients }, (_, k) => `c${k}`);

test('an utterance scaled by itself has mean 0 and deviation 1 in every coefficient, and its input is untouched', () => {
  const before = features.values.slice();
  const table = functionalsTable(scaleUtterance(features), names);
  for (const name of names) {
    assert.ok(Math.abs(table[name].mean) < 1e-5);
    assert.ok(Math.abs(table[name].standardDeviation - 1) < 1e-5);
  }
  assert.deepEqual(features.values, before);
});

test('a coefficient that never changes becomes zero', () => {
  const constant = { frames: 7, coefficients: 1, values: new Float32Array(7).fill(0.1) };
  assert.ok(scaleUtterance(constant).values.every((value) => Math.abs(value) < 1e-6));
});
