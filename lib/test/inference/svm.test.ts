import assert from 'node:assert/strict';
import test from 'node:test';
import { SerError } from '../../errors';
import { svmMargin, trainSvm } from '../../inference/gender/svm';
import { Random } from '../../random';

const random = () => new Random(11, 'svm.test');

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

test('a machine separates a ring from a blob', () => {
  const { features, sides } = makeRing(120);
  const margin = svmMargin(trainSvm(features, sides, random()));
  assert.ok(features.every((row, clip) => Math.sign(margin(row)) === sides[clip]));
});

test('the same seed gives the same machine', () => {
  const { features, sides } = makeRing(60);
  assert.deepEqual(trainSvm(features, sides, random()), trainSvm(features, sides, random()));
});

test('a machine survives JSON, bit for bit', () => {
  const { features, sides } = makeRing(60);
  const model = trainSvm(features, sides, random());
  const restored = svmMargin(JSON.parse(JSON.stringify(model)));
  const original = svmMargin(model);
  for (const row of features) assert.equal(restored(row), original(row));
});

test('a constant feature does no harm', () => {
  const { features, sides } = makeRing(60);
  const margin = svmMargin(
    trainSvm(
      features.map((row) => [...row, 7]),
      sides,
      random(),
    ),
  );
  assert.ok(features.every((row, clip) => Math.sign(margin([...row, 7])) === sides[clip]));
});

test('an optimisation that does not end says so', () => {
  const { features, sides } = makeRing(60);
  assert.throws(
    () => trainSvm(features, sides, random(), 2),
    (error) => error instanceof SerError && error.code === 'bad-training' && /within 2 sweeps/.test(error.message),
  );
});

test('a margin needs as many finite features as there were in training', () => {
  const { features, sides } = makeRing(20);
  const margin = svmMargin(trainSvm(features, sides, random()));
  assert.throws(() => margin([1]), RangeError);
  assert.throws(() => margin([1, Number.NaN]), RangeError);
});
