import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { batchNormalization, dropout, lstm, timeDistributed } from '../../layers/layers';
import { loadModel, saveModel } from '../../layers/model-file';
import { originalModel } from '../../models/network/original';
import { Random } from '../../random';
import { tf } from '../../tensorflow';
import { largestDifference } from '../support/golden-signals';

function draw(shape: number[], seed: number): tf.Tensor {
  const random = new Random(seed);
  return tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  );
}

test('lstm equals the stock LSTM with a sigmoid recurrent activation, whole sequences and last outputs', () => {
  for (const returnSequences of [true, false]) {
    const input = draw([3, 7, 5], 1);
    const ours = lstm({ units: 4, returnSequences });
    const stock = tf.layers.lstm({ units: 4, returnSequences, recurrentActivation: 'sigmoid' });
    const expected = stock.apply(input) as tf.Tensor;
    ours.build(input.shape);
    ours.setWeights(stock.getWeights());
    const actual = ours.apply(input) as tf.Tensor;
    assert.deepEqual(actual.shape, expected.shape);
    assert.ok(largestDifference(actual.dataSync(), expected.dataSync()) < 1e-5);
  }
});

test('timeDistributed equals the stock one, whose layer runs frame by frame', () => {
  const input = draw([2, 6, 5, 1], 2);
  const make = (): tf.layers.Layer =>
    tf.layers.conv1d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'relu' });
  const stock = tf.layers.timeDistributed({ layer: make() });
  const expected = stock.apply(input) as tf.Tensor;
  const ours = timeDistributed({ layer: make() });
  ours.build(input.shape);
  ours.setWeights(stock.getWeights());
  const actual = ours.apply(input) as tf.Tensor;
  assert.deepEqual(actual.shape, [2, 6, 5, 3]);
  assert.ok(largestDifference(actual.dataSync(), expected.dataSync()) < 1e-5);
});

test('batchNormalization trains on the batch, moves its running statistics by 1 %, and infers with those', () => {
  const input = draw([50, 3], 3);
  const layer = batchNormalization();
  const trained = layer.apply(input, { training: true }) as tf.Tensor;
  const { mean, variance } = tf.moments(trained, 0);
  assert.ok(largestDifference(mean.dataSync(), [0, 0, 0]) < 1e-5);
  assert.ok(largestDifference(variance.dataSync(), [1, 1, 1]) < 5e-3);
  const batch = tf.moments(input, 0);
  const [, , runningMean, runningVariance] = layer.getWeights();
  assert.ok(largestDifference(runningMean.dataSync(), tf.mul(batch.mean, 0.01).dataSync()) < 1e-6);
  assert.ok(
    largestDifference(runningVariance.dataSync(), tf.add(tf.mul(batch.variance, 0.01), 0.99).dataSync()) < 1e-6,
  );
  const inferred = layer.apply(input, { training: false }) as tf.Tensor;
  const expected = tf.div(tf.sub(input, runningMean), tf.sqrt(tf.add(runningVariance, 1e-3)));
  assert.ok(largestDifference(inferred.dataSync(), expected.dataSync()) < 1e-5);
});

test('dropout zeroes its share in training with fresh masks, the same for the same seed, and nothing otherwise', () => {
  const input = tf.ones([100, 50]);
  const run = (seed: number): Float32Array[] => {
    const layer = dropout({ rate: 0.2, seed });
    return [0, 1].map(() => (layer.apply(input, { training: true }) as tf.Tensor).dataSync<'float32'>());
  };
  const [first, second] = run(1);
  const zeros = first.filter((value) => value === 0).length / first.length;
  assert.ok(Math.abs(zeros - 0.2) < 0.02, `${zeros} zeros`);
  assert.ok(first.every((value) => value === 0 || Math.abs(value - 1.25) < 1e-6));
  assert.notDeepEqual(first, second);
  assert.deepEqual(run(1), [first, second]);
  assert.notDeepEqual(run(2)[0], first);
  const inferred = dropout({ rate: 0.2 }).apply(input) as tf.Tensor;
  assert.deepEqual(inferred.dataSync(), input.dataSync());
  assert.throws(() => dropout({ rate: 1 }), /rate must be from 0 up to 1 \(excluded\), got 1/);
});

test('the original model has 189,576 parameters and the same first weights for the same seed', () => {
  const weights = (seed: number): Float32Array[] => {
    const model = originalModel({ seed });
    assert.equal(model.countParams(), 189_576);
    const values = model.getWeights().map((weight) => weight.dataSync<'float32'>().slice());
    model.dispose();
    return values;
  };
  assert.deepEqual(weights(11), weights(11));
  assert.notDeepEqual(weights(11), weights(12));
});

test('a saved model predicts the same after loading, and saving again leaves one weights file', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-model-'));
  try {
    const input = draw([2, 10, 6, 1], 5);
    for (const seed of [1, 2]) {
      const model = originalModel({ frames: 10, coefficients: 6, seed });
      await saveModel(model, folder);
      const loaded = await loadModel(folder);
      const [expected, actual] = [model, loaded].map((m) => (m.predict(input) as tf.Tensor).dataSync());
      assert.ok(largestDifference(actual, expected) < 1e-6);
      assert.equal(fs.readdirSync(folder).filter((name) => name.endsWith('.bin')).length, 1);
    }
    fs.truncateSync(path.join(folder, fs.readdirSync(folder).find((name) => name.endsWith('.bin')) ?? ''), 10);
    await assert.rejects(loadModel(folder), /loadModel: no usable model at .*run 3-train again/);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
