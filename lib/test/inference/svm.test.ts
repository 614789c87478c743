import assert from 'node:assert/strict';
import test from 'node:test';
import { SerError } from '../../errors';
import { type SvmOptions, svmMargin, trainSvm } from '../../inference/gender/svm';
import { Random } from '../../random';

function options(changes: Partial<SvmOptions> = {}): SvmOptions {
  return { kernel: 'gaussian', cost: 1, random: new Random(11, 'svm.test'), ...changes };
}

/** A ring around a blob: no line parts them. */
function makeRing(clips: number) {
  const random = new Random(4, 'ring');
  const sides = Array.from({ length: clips }, (_, clip) => (clip % 2 ? 1 : -1) as 1 | -1);
  const features = sides.map((side) => {
    const angle = random.uniform(0, 2 * Math.PI);
    const radius = side === 1 ? random.uniform(2, 3) : random.uniform(0, 1);
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
  return { features, sides };
}

test('a linear machine finds the boundary with the widest margin', () => {
  // The nearest points are (−1, 0) and (3, 0): the boundary is x = 1, and the margin's edges lie 2 away.
  const features = [
    [-1, 0],
    [-2, 1],
    [-2, -1],
    [3, 0],
    [4, 1],
    [4, -1],
  ];
  const margin = svmMargin(trainSvm(features, [-1, -1, -1, 1, 1, 1], options({ kernel: 'linear', cost: 100 })));
  assert.ok(Math.abs(margin([1, 0])) < 0.01);
  assert.ok(Math.abs(margin([3, 0]) - 1) < 0.01);
  assert.ok(Math.abs(margin([-1, 5]) + 1) < 0.02);
});

test('a Gaussian machine parts a ring from a blob, where a linear one cannot', () => {
  const { features, sides } = makeRing(120);
  const hits = (kernel: 'linear' | 'gaussian') => {
    const margin = svmMargin(trainSvm(features, sides, options({ kernel })));
    return features.filter((row, clip) => Math.sign(margin(row)) === sides[clip]).length;
  };
  assert.equal(hits('gaussian'), 120);
  assert.ok(hits('linear') < 100);
});

test('the same seed gives the same machine', () => {
  const { features, sides } = makeRing(60);
  assert.deepEqual(trainSvm(features, sides, options()), trainSvm(features, sides, options()));
});

test('a machine survives JSON, bit for bit', () => {
  const { features, sides } = makeRing(60);
  for (const kernel of ['linear', 'gaussian'] as const) {
    const model = trainSvm(features, sides, options({ kernel }));
    const restored = svmMargin(JSON.parse(JSON.stringify(model)));
    const original = svmMargin(model);
    for (const row of features) assert.equal(restored(row), original(row));
  }
});

test('a constant feature does no harm', () => {
  const { features, sides } = makeRing(60);
  const margin = svmMargin(
    trainSvm(
      features.map((row) => [...row, 7]),
      sides,
      options({ sigma: 1 }),
    ),
  );
  assert.ok(features.every((row, clip) => Math.sign(margin([...row, 7])) === sides[clip]));
});

test('trainSvm refuses one side only, ragged rows, what is not a number and a cost of 0', () => {
  const wrong: [number[][], (1 | -1)[], Partial<SvmOptions>?][] = [
    [
      [[1], [2]],
      [1, 1],
    ],
    [[], []],
    [
      [[1], [2, 3]],
      [1, -1],
    ],
    [
      [[1], [Number.NaN]],
      [1, -1],
    ],
    [[[1]], [1, -1]],
    [[[1], [2]], [1, -1], { cost: 0 }],
    [[[1], [2]], [1, -1], { sigma: Number.NaN }],
  ];
  for (const [features, sides, changes] of wrong) {
    assert.throws(() => trainSvm(features, sides, options(changes)), RangeError);
  }
});

test('an optimisation that does not end says so', () => {
  const { features, sides } = makeRing(60);
  assert.throws(
    () => trainSvm(features, sides, options({ iterations: 2 })),
    (error) => error instanceof SerError && error.code === 'bad-training' && /within 2 sweeps/.test(error.message),
  );
});

test('a margin needs as many finite features as there were in training', () => {
  const { features, sides } = makeRing(20);
  const margin = svmMargin(trainSvm(features, sides, options()));
  assert.throws(() => margin([1]), RangeError);
  assert.throws(() => margin([1, Number.NaN]), RangeError);
});
