import assert from 'node:assert/strict';
import test from 'node:test';
import { tf } from '../../tensorflow';
import { categoricalCrossEntropy, classWeights, type LossOptions } from '../../training/loss';
import { furthest, golden } from '../support/keras-golden';

const { logits, labels, mixed, classWeights: weights, cases, balanced } = golden.loss;
const [rows, classes] = [labels.length, weights.length];

test("the loss and its gradient are Keras's, for hard and mixed labels, smoothed, weighted and neither", () => {
  for (const { mixed: isMixed, labelSmoothing, weighted, loss, gradient } of cases) {
    tf.tidy(() => {
      const oneHot = tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), classes), 'float32') as tf.Tensor2D;
      const targets = isMixed ? tf.tensor2d(mixed, [rows, classes]) : oneHot;
      const options = { labelSmoothing, classWeights: weighted ? weights : undefined };
      const lossOf = (scores: tf.Tensor): tf.Scalar =>
        categoricalCrossEntropy(targets, tf.softmax(scores as tf.Tensor2D), options);
      const { value, grad } = tf.valueAndGrad(lossOf)(tf.tensor2d(logits, [rows, classes]));
      const title = `${isMixed ? 'mixed' : 'hard'} labels, smoothing ${labelSmoothing}, weighted ${weighted}`;
      assert.ok(Math.abs(value.dataSync()[0] - loss) < 1e-5 * Math.max(1, loss), `${title}: ${value} is not ${loss}`);
      const difference = furthest(grad.dataSync(), gradient);
      assert.ok(difference < 1e-6, `${title}: the gradient is ${difference} off`);
    });
  }
});

test('certain and wrong costs -ln 1e-7, certain and right a little more than nothing', () => {
  tf.tidy(() => {
    const targets = tf.tensor2d([[1, 0]]);
    const lossOf = (probabilities: number[]) =>
      categoricalCrossEntropy(targets, tf.tensor2d([probabilities])).dataSync()[0];
    assert.ok(Math.abs(lossOf([0, 1]) + Math.log(1e-7)) < 1e-4);
    assert.ok(Math.abs(lossOf([1, 0]) + Math.log(Math.fround(1 - 1e-7))) < 1e-9);
  });
});

test('the loss leaves one tensor behind, which is the result', () => {
  const targets = tf.tensor2d([[1, 0]]);
  const probabilities = tf.tensor2d([[0.5, 0.5]]);
  const before = tf.memory().numTensors;
  const loss = categoricalCrossEntropy(targets, probabilities, { labelSmoothing: 0.1, classWeights: [1, 2] });
  assert.equal(tf.memory().numTensors, before + 1);
  tf.dispose([loss, targets, probabilities]);
});

test("classWeights gives scikit-learn's balanced weights to the classes that occur, and 0 to others", () => {
  for (const { counts, weights: expected } of balanced) {
    const rowsOf = counts.flatMap((count, label) => Array.from({ length: count }, () => label));
    const found = classWeights(rowsOf, { classes: counts.length });
    counts.forEach((_, label) => {
      assert.ok(Math.abs(found[label] - (expected[label] ?? 0)) < 1e-6, `${counts}: class ${label}`);
    });
  }
});

test('power 0 weighs every row alike, and a row weighs 1 on average whatever the power', () => {
  const few = [0, 0, 0, 0, 0, 0, 0, 1, 1, 2];
  assert.deepEqual(classWeights(few, { classes: 3, power: 0 }), Float32Array.of(1, 1, 1));
  for (const power of [0.25, 0.5, 1, 2]) {
    const found = classWeights(few, { classes: 3, power });
    const mean = few.reduce((sum, label) => sum + found[label], 0) / few.length;
    assert.ok(Math.abs(mean - 1) < 1e-6, `power ${power}: ${mean}`);
    assert.ok(Math.abs(found[2] / found[0] / 7 ** power - 1) < 1e-6, `power ${power}: seven rows to one`);
  }
});

test('the loss and classWeights refuse what does not fit', () => {
  const targets = tf.tensor2d([[1, 0]]);
  const refuses = (run: () => unknown, message: RegExp): void => assert.throws(run, { name: 'RangeError', message });
  const loss = (options: LossOptions) => categoricalCrossEntropy(targets, targets, options);
  refuses(() => loss({ labelSmoothing: 1.1 }), /labelSmoothing must be 0 to 1, got 1.1/);
  refuses(() => loss({ labelSmoothing: Number.NaN }), /labelSmoothing must be 0 to 1, got NaN/);
  refuses(() => loss({ classWeights: [1] }), /classWeights must hold 2 weights, got 1/);
  refuses(() => classWeights([], { classes: 2 }), /labels must have rows, got none/);
  refuses(() => classWeights([2], { classes: 2 }), /labels must be 0 to 1, got 2/);
  targets.dispose();
});
