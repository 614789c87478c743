import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { comparePaired } from '../../evaluation/comparison';
import { spreadOf } from '../../evaluation/statistics';
import { readJson } from '../../files';

interface Golden {
  comparison: {
    truth: number[];
    actors: number[];
    first: number[];
    second: number[];
    difference: number;
    pValue: number;
  }[];
}
const { comparison } = readJson<Golden>(path.resolve(__dirname, '../../../test/fixtures/judgement-golden.json'));

for (const [index, { difference, pValue, ...lists }] of comparison.entries()) {
  test(`comparePaired finds the p-value of all 1,024 exchanges (${pValue.toFixed(3)}) within chance, case ${index + 1}`, () => {
    const draws = 20_000;
    const found = comparePaired({ ...lists, draws });
    assert.ok(Math.abs(found.difference - difference) < 1e-12);
    assert.equal(found.actors, 10);
    const tolerance = 4 * Math.sqrt((pValue * (1 - pValue)) / draws) + 1 / draws;
    assert.ok(Math.abs(found.pValue - pValue) < tolerance, `${found.pValue} instead of ${pValue}`);
  });
}

test('comparePaired of a model with itself finds no difference, and a p-value of 1', () => {
  const { truth, actors, first } = comparison[0];
  const result = comparePaired({ truth, actors, first, second: first, draws: 100 });
  assert.equal(result.difference, 0);
  assert.equal(result.pValue, 1);
});

test('comparePaired turns its sign with the order of the models and repeats itself for a seed', () => {
  const { truth, actors, first, second } = comparison[1];
  const forth = comparePaired({ truth, actors, first, second, seed: 4 });
  const back = comparePaired({ truth, actors, first: second, second: first, seed: 4 });
  assert.equal(forth.difference, -back.difference);
  assert.deepEqual(forth, comparePaired({ truth, actors, first, second, seed: 4 }));
  assert.throws(() => comparePaired({ truth, actors, first, second: [0] }), /one entry per clip, got 120, 120, 120, 1/);
});

test('spreadOf gives mean and sample deviation, not the best', () => {
  const { mean, deviation } = spreadOf([0.6, 0.7, 0.8]);
  assert.ok(Math.abs(mean - 0.7) < 1e-12 && Math.abs(deviation - 0.1) < 1e-12);
  assert.equal(spreadOf([0.6]).deviation, 0);
});
