import assert from 'node:assert/strict';
import test from 'node:test';
import { Matrix, solve } from 'ml-matrix';
import { applyScaler } from '../../features/scaler';
import { fitRidge, ridgeScores, solveByConjugateGradients } from '../../models/ridge';
import { fitGroups } from '../../models/sentence/model';
import { Random } from '../../random';
import { tf } from '../../tensorflow';

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

test('conjugate gradients find what a Cholesky decomposition finds, and say where they do not', () => {
  const before = tf.memory().numTensors;
  const options = { classes: CLASSES, penalty: 4 };
  const direct = fitRidge({ values, labels }, options);
  const stepwise = fitRidge({ values, labels }, { ...options, solver: 'conjugate-gradients' });
  stepwise.weights.flat().forEach((weight, i) => {
    assert.ok(Math.abs(weight - direct.weights.flat()[i]) < 1e-5, `${weight}, ${direct.weights.flat()[i]}`);
  });
  assert.deepEqual(stepwise.bias, direct.bias);
  const a = tf.tensor2d([2, 1, 1, 3], [2, 2]);
  const b = Float64Array.of(3, 1, 4, 0);
  const solution = solveByConjugateGradients(a, b, 1);
  // (A + I) x = b by hand: [3 1; 1 4] x = [3; 4] and [1; 0].
  for (const [i, value] of [8 / 11, 4 / 11, 9 / 11, -1 / 11].entries()) assert.ok(Math.abs(solution[i] - value) < 1e-6);
  assert.throws(() => solveByConjugateGradients(a, b, 0, 1), /1 steps must suffice, got a residual of/);
  assert.deepEqual(Array.from(solveByConjugateGradients(a, new Float64Array(4), 0)), [0, 0, 0, 0]);
  a.dispose();
  assert.equal(tf.memory().numTensors, before);
});

test('standardised values are left as they are', () => {
  const { mean, deviation } = fitRidge({ values, labels }, { classes: CLASSES, penalty: 4, standardised: true });
  assert.deepEqual([new Set(mean), new Set(deviation)], [new Set([0]), new Set([1])]);
});

test('rows are standardised by their group; a group without rows is taken for all together', () => {
  const rows = Float32Array.of(1, 10, 3, 10, 100, 0, 300, 0);
  const scalers = fitGroups(rows, [0, 0, 1, 1], 3);
  assert.deepEqual(Array.from(applyScaler(rows.subarray(0, 4), scalers.groups[0])), [-1, 0, 1, 0]);
  assert.deepEqual(Array.from(applyScaler(rows.subarray(4), scalers.groups[1])), [-1, 0, 1, 0]);
  assert.equal(scalers.groups[2].mean[0], 101);
  const unknown = applyScaler(Float32Array.of(Number.NaN, 99), scalers.groups[0]);
  assert.deepEqual(Array.from(unknown), [0, 3], 'the mean, and an outlier cut');
  assert.throws(() => fitGroups(new Float32Array(0), [], 2), /must be rows, got none/);
});
