import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Clip, parseClip } from '../../data/clip';
import { clipName, takesOf } from '../../data/ravdess';
import { countLeaks } from '../../data/split';
import {
  foldsOf,
  PROTOCOL_NAMES,
  PROTOCOLS_EXPLAINED,
  type ProtocolName,
  parseProtocols,
} from '../../evaluation/protocols';

function clipsOf(actors: readonly number[]): Clip[] {
  return actors.flatMap((actor) => takesOf(actor).map((take) => parseClip(clipName(take))));
}
const corpus = clipsOf(Array.from({ length: 24 }, (_, index) => index + 1));
const BY_ACTOR: ProtocolName[] = ['actor-split', 'actor-5', 'emobox-6', 'loso-24'];

const actorsOf = (clips: readonly Clip[], positions: readonly number[]): number[] =>
  [...new Set(positions.map((position) => clips[position].actor))].sort((a, b) => a - b);

for (const protocol of BY_ACTOR) {
  test(`${protocol} puts no actor on two sides of a fold, for every seed from 1 to 100`, () => {
    for (let seed = 1; seed <= 100; seed++) {
      for (const { train, validation, test: tested, rows } of foldsOf(protocol, corpus, { seed })) {
        assert.equal(rows, 'clips');
        const sides = [train, validation, tested].flatMap((side) => actorsOf(corpus, side));
        assert.equal(new Set(sides).size, sides.length);
        assert.equal(sides.length, 24);
        assert.equal(train.length + validation.length + tested.length, corpus.length);
      }
    }
  });
}

for (const [protocol, folds, tests] of [
  ['actor-5', 5, [300, 300, 300, 300, 240]],
  ['emobox-6', 6, new Array(6).fill(240)],
  ['loso-24', 24, new Array(24).fill(60)],
] as const) {
  test(`${protocol} tests every clip once, in ${folds} folds`, () => {
    const made = foldsOf(protocol, corpus);
    assert.deepEqual(
      made.map(({ number }) => number),
      Array.from({ length: folds }, (_, index) => index + 1),
    );
    assert.deepEqual(
      made.map((fold) => fold.test.length),
      tests,
    );
    const tested = made.flatMap((fold) => fold.test).sort((a, b) => a - b);
    assert.deepEqual(tested, [...corpus.keys()]);
  });
}

test('actor-split is the first fold of actor-5, and takes other test actors', () => {
  const [only] = foldsOf('actor-split', corpus, { seed: 3 });
  assert.deepEqual(only, foldsOf('actor-5', corpus, { seed: 3 })[0]);
  const [chosen] = foldsOf('actor-split', corpus, { testActors: [7, 8] });
  assert.deepEqual(actorsOf(corpus, chosen.test), [7, 8]);
});

test('the folds of actor-5 are the published ones', () => {
  const tested = foldsOf('actor-5', corpus).map((fold) => actorsOf(corpus, fold.test));
  assert.deepEqual(tested, [
    [2, 5, 14, 15, 16],
    [3, 6, 7, 13, 18],
    [10, 11, 12, 19, 20],
    [8, 17, 21, 23, 24],
    [1, 4, 9, 22],
  ]);
});

test('random-clip shares no clip between its sides, but every voice', () => {
  const [{ train, validation, test: tested }] = foldsOf('random-clip', corpus);
  assert.deepEqual([train.length, validation.length, tested.length], [922, 230, 288]);
  assert.equal(new Set([...train, ...validation, ...tested]).size, 1440);
  const leaks = countLeaks(
    { train, test: tested },
    corpus.map(({ name }) => name),
    corpus.map(({ actor }) => actor),
  );
  assert.deepEqual(leaks, { testRows: 288, sameClip: 0, sameActor: 288 });
});

test('original shuffles copies, and stops on the side that it tests on', () => {
  const [fold] = foldsOf('original', corpus, { copies: 3 });
  assert.equal(fold.rows, 'copies');
  assert.equal(fold.train.length + fold.test.length, 4320);
  assert.deepEqual(fold.validation, fold.test);
  const twins = fold.test.filter((row) =>
    fold.train.some((other) => Math.floor(other / 3) === Math.floor(row / 3)),
  ).length;
  assert.ok(twins > 0.9 * fold.test.length, `${twins} of ${fold.test.length} have a twin in training`);
});

test('foldsOf leaves out actors that a part of the corpus lacks, and folds without any', () => {
  const some = clipsOf([1, 2, 3, 4, 5, 6]);
  const folds = foldsOf('actor-5', some);
  assert.deepEqual(
    folds.map((fold) => [fold.number, actorsOf(some, fold.test)]),
    [
      [1, [2, 5]],
      [2, [3, 6]],
      [5, [1, 4]],
    ],
  );
  for (const { train, validation } of folds) assert.ok(train.length > 0 && validation.length > 0);
});

test('foldsOf gives the same folds for a seed, and other validation actors for another', () => {
  for (const protocol of PROTOCOL_NAMES) {
    assert.deepEqual(foldsOf(protocol, corpus, { seed: 5 }), foldsOf(protocol, corpus, { seed: 5 }));
    assert.notDeepEqual(foldsOf(protocol, corpus, { seed: 5 }), foldsOf(protocol, corpus, { seed: 6 }), protocol);
  }
});

test('only the protocols that divide by actor claim to have no leak', () => {
  const withoutLeak = PROTOCOL_NAMES.filter((name) => PROTOCOLS_EXPLAINED[name].leak === undefined);
  assert.deepEqual([...withoutLeak].sort(), [...BY_ACTOR].sort());
});

test('foldsOf names an unknown protocol and the ones there are', () => {
  assert.throws(() => foldsOf('kfold' as ProtocolName, corpus), /foldsOf: protocol must be one of .*loso-24.*"kfold"/);
});

test('parseProtocols refuses unknown names and drops repetitions', () => {
  assert.deepEqual(parseProtocols(['original', 'original', 'loso-24']), ['original', 'loso-24']);
  assert.throws(() => parseProtocols(['loso']), /must be of actor-split, .*, original, got "loso"/);
});
