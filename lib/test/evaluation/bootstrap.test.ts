import assert from 'node:assert/strict';
import test from 'node:test';
import { bootstrapByActor } from '../../evaluation/bootstrap';
import { Random } from '../../random';

/** Actors of differing difficulty: every clip of one actor is recognised with the same chance. */
function makePredictions(actors: number, clipsPerActor: number, spread: number) {
  const random = new Random(3, 'bootstrap.test');
  const input = { truth: [] as number[], predicted: [] as number[], actors: [] as number[] };
  for (let actor = 1; actor <= actors; actor++) {
    const chance = 0.6 + random.uniform(-spread, spread);
    for (let clip = 0; clip < clipsPerActor; clip++) {
      const label = clip % 8;
      input.truth.push(label);
      input.predicted.push(random.uniform() < chance ? label : (label + 1) % 8);
      input.actors.push(actor);
    }
  }
  return input;
}

test('intervals hold the estimate and lie between 0 and 1', () => {
  const { accuracy, uar, actors, draws } = bootstrapByActor(makePredictions(24, 60, 0.2));
  assert.equal(actors, 24);
  assert.equal(draws, 1000);
  for (const { low, estimate, high } of [accuracy, uar]) {
    assert.ok(0 <= low && low < estimate && estimate < high && high <= 1, `${low} ${estimate} ${high}`);
  }
});

test('the estimate is the score of the clips themselves', () => {
  const input = { truth: [0, 0, 0, 1], predicted: [0, 0, 1, 1], actors: [1, 1, 2, 2] };
  const { accuracy, uar } = bootstrapByActor(input);
  assert.equal(accuracy.estimate, 3 / 4);
  assert.ok(Math.abs(uar.estimate - (2 / 3 + 1) / 2) < 1e-12);
});

test('the interval is as wide as the spread between actors makes it', () => {
  // Ten actors with all clips right, ten with none: accuracy of 20 drawn actors is binomial, deviation √(0.25 / 20).
  const actors = Array.from({ length: 800 }, (_, clip) => 1 + Math.floor(clip / 40));
  const truth = actors.map(() => 0);
  const predicted = actors.map((actor) => (actor <= 10 ? 0 : 1));
  const { accuracy } = bootstrapByActor({ truth, predicted, actors, draws: 4000 });
  const width = accuracy.high - accuracy.low;
  const expected = 2 * 1.96 * Math.sqrt(0.25 / 20);
  assert.ok(Math.abs(width - expected) < 0.06, `${width} instead of ${expected}`);
});

test('actors who are all alike leave no doubt', () => {
  const actors = [1, 1, 2, 2, 3, 3];
  const { accuracy } = bootstrapByActor({ truth: [0, 1, 0, 1, 0, 1], predicted: [0, 0, 0, 0, 0, 0], actors });
  assert.deepEqual(accuracy, { estimate: 0.5, low: 0.5, high: 0.5 });
});

test('the same seed gives the same interval, whatever the order of the clips; another seed another one', () => {
  const input = makePredictions(12, 16, 0.3);
  const order = new Random(5).shuffle(input.truth.map((_, clip) => clip));
  const shuffled = {
    truth: order.map((clip) => input.truth[clip]),
    predicted: order.map((clip) => input.predicted[clip]),
    actors: order.map((clip) => input.actors[clip]),
  };
  assert.deepEqual(bootstrapByActor(input), bootstrapByActor(shuffled));
  assert.notDeepEqual(bootstrapByActor(input).uar, bootstrapByActor({ ...input, seed: 12 }).uar);
});

test('bootstrapByActor refuses lists of different lengths and no draws', () => {
  const input = makePredictions(3, 8, 0);
  for (const wrong of [{ actors: [1] }, { predicted: [] }, { draws: 0 }, { truth: [] }]) {
    assert.throws(() => bootstrapByActor({ ...input, ...wrong }), RangeError);
  }
  assert.throws(() => bootstrapByActor({ truth: [0.5], predicted: [0], actors: [1] }), RangeError);
});
