import assert from 'node:assert/strict';
import test from 'node:test';
import { foldsOf } from '../../evaluation/protocols';
import { leaveActorsOut } from '../../models/leave-actors-out';
import { toyStore } from '../support/toy-store';

const { clips } = toyStore([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).manifest;
const clipAt = (position: number): (typeof clips)[number] => clips[position];
const [fold] = foldsOf('actor-5', clips);
const sides = { number: fold.number, rows: fold.rows, train: fold.train, validation: fold.validation };
const actorsOf = (positions: readonly number[]): number[] => [
  ...new Set(positions.map((position) => clips[position].actor)),
];

test('the first model leaves out the validation side, each other one some training actors, and all actors are covered', () => {
  const models = leaveActorsOut(clipAt, sides, { models: 4, seed: 11 });
  assert.deepEqual(models[0].train, sides.train);
  const own = actorsOf(sides.train);
  const out = models.slice(1).flatMap(({ train }) => own.filter((actor) => !actorsOf(train).includes(actor)));
  assert.deepEqual(out.sort(), own.sort(), 'every training actor is left out once');
  for (const { train } of models.slice(1)) {
    for (const actor of actorsOf(sides.validation)) assert.ok(actorsOf(train).includes(actor));
  }
});

test('no model is trained on a test actor', () => {
  for (const each of foldsOf('actor-5', clips)) {
    const { test: tested, ...others } = each;
    for (const { train } of leaveActorsOut(clipAt, others, { models: 3, seed: 7 })) {
      assert.ok(train.every((position) => !actorsOf(tested).includes(clips[position].actor)));
    }
  }
});

test('the seed and the fold decide who is left out', () => {
  const draw = (seed: number, number = 1): string =>
    JSON.stringify(leaveActorsOut(clipAt, { ...sides, number }, { models: 4, seed }));
  assert.equal(draw(11), draw(11));
  assert.ok(new Set([1, 2, 3, 4, 5].map((seed) => draw(seed))).size > 1);
  assert.ok(new Set([1, 2, 3, 4, 5].map((number) => draw(11, number))).size > 1);
});

test('in folds of copies no model is trained on the validation side, which is the test side', () => {
  const [copies] = foldsOf('original', clips, { copies: 2 });
  const at = (row: number): (typeof clips)[number] => clips[Math.floor(row / 2)];
  for (const { train } of leaveActorsOut(at, copies, { models: 3, seed: 1 })) {
    assert.ok(train.every((row) => !copies.validation.includes(row)));
  }
});

test('an ensemble has at least two models', () => {
  assert.throws(() => leaveActorsOut(clipAt, sides, { models: 1, seed: 1 }), { name: 'RangeError', message: /got 1/ });
});
