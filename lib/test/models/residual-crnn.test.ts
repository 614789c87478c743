import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { deltaChannel } from '../../layers/layers';
import { loadModel, saveModel } from '../../layers/model-file';
import { randomStreams } from '../../layers/wrappers';
import { residualCrnn } from '../../models/convolutional/residual-crnn';
import { Random } from '../../random';
import { tf } from '../../tensorflow';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-recogniser-'));
after(() => fs.rmSync(folder, { recursive: true }));
const small = { frames: 8, bands: 16, width: 4 };

function draw(shape: [number, number, number, number]): tf.Tensor4D {
  const random = new Random(1, 'spectrograms');
  const length = shape.reduce((product, size) => product * size, 1);
  return tf.tensor4d(random.fillNormal(new Float32Array(length)), shape);
}

test('the delta channel holds the next frame less the one before, and nothing at the ends', () => {
  const before = tf.memory().numTensors;
  const layer = deltaChannel();
  const values = tf.tidy(() =>
    (layer.apply(tf.tensor4d([1, 10, 2, 20, 4, 40, 8, 80], [1, 4, 2, 1])) as tf.Tensor4D).arraySync(),
  );
  assert.deepEqual(values, [
    [
      [
        [1, 0],
        [10, 0],
      ],
      [
        [2, 3],
        [20, 30],
      ],
      [
        [4, 6],
        [40, 60],
      ],
      [
        [8, 0],
        [80, 0],
      ],
    ],
  ]);
  assert.equal(tf.memory().numTensors, before);
});

test('the network makes probabilities of eight emotions, of 257,800 weights that are trained and some statistics', () => {
  const before = tf.memory().numTensors;
  const model = residualCrnn({ frames: 120, bands: 64 });
  assert.deepEqual(model.outputs[0].shape, [null, 8]);
  const trained = model.trainableWeights.reduce(
    (sum, { shape }) => sum + shape.reduce<number>((product, size) => product * (size ?? 0), 1),
    0,
  );
  assert.equal(trained, 257_800);
  assert.equal(model.getLayer('spectrogram').outputShape?.toString(), ',120,64,1');
  model.dispose();
  assert.equal(tf.memory().numTensors, before);
});

test('a network says the same after saving and loading, and of the same seed, not of another', async () => {
  const before = tf.memory().numTensors;
  const input = draw([2, 8, 16, 1]);
  const ask = (model: tf.LayersModel): Float32Array =>
    tf.tidy(() => (model.predict(input) as tf.Tensor).dataSync<'float32'>().slice());
  const [model, twin, other] = [5, 5, 6].map((seed) => residualCrnn({ ...small, seed }));
  const answer = ask(model);
  for (const row of [0, 1]) {
    assert.ok(Math.abs(answer.subarray(8 * row, 8 * row + 8).reduce((sum, p) => sum + p, 0) - 1) < 1e-5);
  }
  assert.deepEqual(ask(twin), answer);
  assert.notDeepEqual(ask(other), answer);
  await saveModel(model, folder);
  const loaded = await loadModel(folder);
  assert.deepEqual(ask(loaded), answer);
  for (const each of [model, twin, other, loaded]) each.dispose();
  input.dispose();
  assert.equal(tf.memory().numTensors, before);
});

test('every dropout has a stream of its own, which a checkpoint can keep', () => {
  const model = residualCrnn(small);
  const streams = randomStreams(model.layers).map((random) => random.snapshot().join());
  assert.equal(streams.length, 4);
  assert.equal(new Set(streams).size, 4);
  model.dispose();
});

test('sizes that leave nothing to pool are refused', () => {
  assert.throws(() => residualCrnn({ frames: 3, bands: 64 }), { name: 'RangeError', message: /got 3/ });
  assert.throws(() => residualCrnn({ frames: 120, bands: 8 }), { name: 'RangeError', message: /got 8/ });
});
