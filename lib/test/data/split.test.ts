import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Clip, parseClip } from '../../data/clip';
import { clipName, takesOf } from '../../data/ravdess';
import { countLeaks, type Split, splitByActor, splitOriginal } from '../../data/split';

function clipsOf(actors: readonly number[]): Clip[] {
  return actors.flatMap((actor) => takesOf(actor).map((take) => parseClip(clipName(take))));
}

function actorsOf(clips: readonly Clip[], indices: readonly number[]): number[] {
  return [...new Set(indices.map((index) => clips[index].actor))].sort((a, b) => a - b);
}

/** Every index once, and every actor on one side. */
function assertDivides(clips: readonly Clip[], split: Split): void {
  const all = [...split.train, ...split.validation, ...split.test].sort((a, b) => a - b);
  assert.deepEqual(all, [...clips.keys()]);
  const sides = [split.train, split.validation, split.test].flatMap((side) => actorsOf(clips, side));
  assert.equal(new Set(sides).size, sides.length, 'an actor is on two sides');
  for (const side of [split.train, split.validation, split.test]) assert.ok(side.length > 0, 'an empty side');
}

const ALL = Array.from({ length: 24 }, (_, i) => i + 1);
const corpus = clipsOf(ALL);

test('splitByActor tests the first published fold and validates on two men and two women', () => {
  const split = splitByActor(corpus);
  assertDivides(corpus, split);
  assert.deepEqual(actorsOf(corpus, split.test), [2, 5, 14, 15, 16]);
  const validation = actorsOf(corpus, split.validation);
  assert.deepEqual(validation.map((actor) => actor % 2).sort(), [0, 0, 1, 1]);
  assert.deepEqual([split.train.length, split.validation.length, split.test.length], [900, 240, 300]);
});

test('splitByActor puts no actor on two sides, for every seed from 1 to 100 and every number of actors', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const count = 3 + (seed % 22);
    const clips = clipsOf(ALL.slice(0, count));
    const split = splitByActor(clips, { seed });
    assertDivides(clips, split);
    assert.deepEqual(splitByActor(clips, { seed }), split, 'the same seed gives the same split');
  }
});

test('splitByActor balances the sexes of drawn sides to within one', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const clips = clipsOf(ALL.slice(0, 20));
    const split = splitByActor(clips, { seed });
    for (const side of [split.test, split.validation]) {
      const actors = actorsOf(clips, side);
      const men = actors.filter((actor) => actor % 2 === 1).length;
      assert.ok(Math.abs(2 * men - actors.length) <= 1, `seed ${seed}: ${actors}`);
    }
  }
});

test('splitByActor draws other validation actors for other seeds', () => {
  const drawn = new Set(
    [1, 2, 3, 4, 5].map((seed) => String(actorsOf(corpus, splitByActor(corpus, { seed }).validation))),
  );
  assert.ok(drawn.size > 1);
});

test('splitByActor takes about a fifth of four actors, and works with one sex only', () => {
  for (const actors of [
    [3, 4, 7, 8],
    [1, 3, 5],
  ]) {
    const clips = clipsOf(actors);
    const split = splitByActor(clips);
    assertDivides(clips, split);
    assert.equal(actorsOf(clips, split.test).length, 1);
    assert.equal(actorsOf(clips, split.validation).length, 1);
  }
});

test('splitByActor obeys the actors that it is given, and draws around them', () => {
  const split = splitByActor(corpus, { testActors: [7, 8], validationActors: [1] });
  assertDivides(corpus, split);
  assert.deepEqual(actorsOf(corpus, split.test), [7, 8]);
  assert.deepEqual(actorsOf(corpus, split.validation), [1]);
  for (let seed = 1; seed <= 100; seed++) {
    const around = splitByActor(corpus, { validationActors: [2, 5], seed });
    assertDivides(corpus, around);
    assert.deepEqual(actorsOf(corpus, around.validation), [2, 5]);
  }
});

test('splitByActor refuses unknown, repeated and shared actors, and too few', () => {
  const wrong: [() => unknown, RegExp][] = [
    [
      () => splitByActor(corpus, { testActors: [5], validationActors: [4, 5] }),
      /actor 5 is in both validation and test/,
    ],
    [() => splitByActor(corpus, { testActors: [25] }), /test actors must be of .*, got 25/],
    [() => splitByActor(corpus, { validationActors: [3, 3] }), /actor 3 is twice in validationActors/],
    [() => splitByActor(corpus, { testActors: [] }), /must name an actor/],
    [() => splitByActor(clipsOf([1, 2])), /at least 3 actors, got 2/],
    [() => splitByActor([]), /at least 3 actors, got 0/],
    [() => splitByActor(clipsOf([1, 2, 3]), { testActors: [1, 2], validationActors: [3] }), /left to train on/],
    [() => splitByActor(clipsOf([1, 2, 3]), { testActors: [1, 2, 3] }), /left/],
  ];
  for (const [attempt, message] of wrong) assert.throws(attempt, { name: 'RangeError', message });
});

test('splitOriginal divides every row once, 80 to 20, and repeats for a seed', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const split = splitOriginal(4320, { seed });
    assert.equal(split.test.length, 864);
    assert.deepEqual(
      [...split.train, ...split.test].sort((a, b) => a - b),
      Array.from({ length: 4320 }, (_, row) => row),
    );
    assert.deepEqual(splitOriginal(4320, { seed }), split);
  }
  assert.notDeepEqual(splitOriginal(100, { seed: 1 }), splitOriginal(100, { seed: 2 }));
});

test('splitOriginal rounds the test side up, as scikit-learn does', () => {
  assert.equal(splitOriginal(11).test.length, 3); // ceil(11 × 0.2)
  assert.equal(splitOriginal(2).test.length, 1);
});

test('splitOriginal refuses fewer than two rows and fractions that leave a side empty', () => {
  assert.throws(() => splitOriginal(1), RangeError);
  assert.throws(() => splitOriginal(2.5), RangeError);
  for (const testFraction of [0, 1, -0.1, Number.NaN]) {
    assert.throws(() => splitOriginal(10, { testFraction }), RangeError);
  }
});

test('countLeaks finds that nearly every row of the original split was met in training', () => {
  const rowClips = corpus.flatMap((clip) => [clip.name, clip.name, clip.name]);
  const rowActors = corpus.flatMap((clip) => [clip.actor, clip.actor, clip.actor]);
  const leaks = countLeaks(splitOriginal(rowClips.length), rowClips, rowActors);
  assert.equal(leaks.testRows, 864);
  assert.equal(leaks.sameActor, 864);
  assert.ok(leaks.sameClip > 0.9 * 864, `${leaks.sameClip} of 864`);
});

test('countLeaks finds nothing in a split by actor', () => {
  const split = splitByActor(corpus);
  const leaks = countLeaks(
    split,
    corpus.map((clip) => clip.name),
    corpus.map((clip) => clip.actor),
  );
  assert.deepEqual(leaks, { testRows: 300, sameClip: 0, sameActor: 0 });
});

test('countLeaks counts by hand', () => {
  const leaks = countLeaks({ train: [0, 1], test: [2, 3, 4] }, ['a', 'b', 'a', 'c', 'd'], [1, 2, 1, 2, 3]);
  assert.deepEqual(leaks, { testRows: 3, sameClip: 1, sameActor: 2 });
  assert.throws(() => countLeaks({ train: [0], test: [1] }, ['a'], [1]), RangeError);
  assert.throws(() => countLeaks({ train: [0], test: [1] }, ['a', 'b'], [1]), RangeError);
});
