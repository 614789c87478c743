import assert from 'node:assert/strict';
import test from 'node:test';
import { Matrix, solve } from 'ml-matrix';
import { fitRidge, ridgeScores } from '../model/ridge';
import { Random } from '../random';
import { tf } from '../tensorflow';

const random = new Random(5, 'ridge test');
const [ROWS, FEATURES, CLASSES] = [60, 7, 3];
const labels = Array.from({ length: ROWS }, (_, row) => [0, 0, 0, 1, 1, 2][row % 6]);
const values = Float32Array.from(
  { length: ROWS * FEATURES },
  (_, i) => 100 * (i % FEATURES) + (i % FEATURES === labels[Math.floor(i / FEATURES)] ? 4 : 0) + random.normal(),
);

test('fitRidge agrees with the dense solution in double precision, classes weighing the same', () => {
  const { mean, deviation, weights, bias } = fitRidge({ values, labels }, { classes: CLASSES, penalty: 4 });
  const x = new Matrix(
    Array.from({ length: ROWS }, (_, row) =>
      Array.from({ length: FEATURES }, (__, k) => {
        return Math.max(-3, Math.min(3, (values[row * FEATURES + k] - mean[k]) / deviation[k]));
      }),
    ),
  );
  const counts = [30, 20, 10];
  const shares = labels.map((label) => ROWS / (CLASSES * counts[label]));
  const targets = new Matrix(
    labels.map((label) => Array.from({ length: CLASSES }, (_, c) => (label === c ? 1 : -1) - bias[c])),
  );
  const weighted = Matrix.diag(shares).mmul(x);
  const expected = solve(
    x.transpose().mmul(weighted).add(Matrix.eye(FEATURES).mul(4)),
    weighted.transpose().mmul(targets),
  );
  weights.forEach((row, k) => {
    row.forEach((weight, c) => {
      assert.ok(Math.abs(weight - expected.get(k, c)) < 1e-5, `[${k}, ${c}]: ${weight}, ${expected.get(k, c)}`);
    });
  });
  for (const offset of bias) assert.ok(Math.abs(offset - -1 / 3) < 1e-9, 'each class has a third of the say');
});

test('ridgeScores gives most rows the highest score for their class', () => {
  const scores = ridgeScores(fitRidge({ values, labels }, { classes: CLASSES, penalty: 1 }), values);
  const right = labels.filter((label, row) => {
    const own = scores.subarray(row * CLASSES, (row + 1) * CLASSES);
    return own.indexOf(Math.max(...own)) === label;
  });
  assert.ok(right.length > 50, `${right.length} of ${ROWS}`);
});

test('a value that is not a number counts as the mean, an outlier as three deviations, a constant as nothing', () => {
  const odd = values.map((value, i) => (i % FEATURES === 6 ? 5 : value));
  odd[0] = Number.NaN;
  const classifier = fitRidge({ values: odd, labels }, { classes: CLASSES, penalty: 1 });
  assert.ok(classifier.weights.flat().every(Number.isFinite));
  assert.deepEqual(classifier.weights[6], [0, 0, 0]);
  const row = Float32Array.from(classifier.mean);
  const missing = Float32Array.from(row).fill(Number.NaN, 0, 1);
  const [unknown, average] = [missing, row].map((one) => ridgeScores(classifier, one));
  unknown.forEach((score, c) => {
    assert.ok(Math.abs(score - average[c]) < 1e-5);
  });
  const [far, further] = [1e6, 1e9].map((value) => ridgeScores(classifier, Float32Array.from(row).fill(value, 1, 2)));
  assert.deepEqual(far, further);
});

test('fitting leaves no tensors behind and refuses what does not fit', () => {
  const before = tf.memory().numTensors;
  const options = { classes: CLASSES, penalty: 1 };
  fitRidge({ values, labels }, options);
  assert.equal(tf.memory().numTensors, before);
  assert.throws(() => fitRidge({ values: values.subarray(1), labels }, options), /values must be rows of features/);
  assert.throws(() => fitRidge({ values, labels }, { classes: 2, penalty: 1 }), /labels must be 0 to 1, got 2/);
  assert.throws(() => fitRidge({ values, labels }, { ...options, penalty: 0 }), /penalty must be above 0, got 0/);
  const classifier = fitRidge({ values, labels }, options);
  assert.throws(() => ridgeScores(classifier, values.subarray(1)), /values must be rows of 7 features, got 419 values/);
});
