import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import {
  attentivePooling,
  batchNormalization,
  bidirectional,
  conv1d,
  conv2d,
  dropout,
  gru,
  layerNormalization,
  lstm,
  multiHeadAttention,
  relu,
  timeDistributed,
} from '../../layers/layers';
import { loadModel, saveModel } from '../../layers/model-file';
import { randomStreams } from '../../layers/wrappers';
import { Random } from '../../random';
import { tf } from '../../tensorflow';
import { largestDifference } from '../support/golden-signals';

function draw(shape: number[], seed: number): tf.Tensor {
  const random = new Random(seed);
  const length = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Float32Array.from({ length }, () => random.normal()),
    shape,
  );
}

/** Every layer at once: [clips, 9, 8, 2] → [clips, 3]. */
function everything(): tf.LayersModel {
  const input = tf.input({ shape: [9, 8, 2] });
  const convolved = conv2d({ filters: 4, kernelSize: 3, strides: [1, 2], useBias: false, seed: 2 }).apply(input);
  const activated = relu().apply(batchNormalization().apply(convolved));
  const thinned = dropout({ rate: 0.3, wholeChannels: true, seed: 3 }).apply(activated);
  const frames = timeDistributed({ layer: tf.layers.flatten() }).apply(thinned);
  const attended = multiHeadAttention({ heads: 2, keyDim: 3, dropout: 0.1, seed: 4 }).apply(frames);
  const normalised = layerNormalization().apply(attended);
  const there = bidirectional({ layer: gru({ units: 5, returnSequences: true, seed: 5 }) }).apply(normalised);
  const back = bidirectional({ layer: lstm({ units: 3, returnSequences: true, seed: 6 }) }).apply(there);
  const pooled = attentivePooling({ units: 4, seed: 7 }).apply(back);
  const kernelInitializer = tf.initializers.glorotUniform({ seed: 8 });
  const output = tf.layers.dense({ units: 3, activation: 'softmax', kernelInitializer }).apply(pooled);
  return tf.model({ inputs: input, outputs: output as tf.SymbolicTensor });
}

test('a model of all layers predicts the same after saving and loading, and frees its weights', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-layers-'));
  const before = tf.memory().numTensors;
  const input = draw([2, 9, 8, 2], 1);
  try {
    const model = everything();
    await saveModel(model, folder);
    const loaded = await loadModel(folder);
    const [expected, actual] = [model, loaded].map((m) => tf.tidy(() => (m.predict(input) as tf.Tensor).dataSync()));
    assert.ok(largestDifference(actual, expected) < 1e-6);
    assert.deepEqual(
      loaded.getWeights().map(({ shape }) => shape),
      model.getWeights().map(({ shape }) => shape),
    );
    assert.equal(randomStreams(loaded.layers).length, 2, 'dropout, dropout of attention');
    model.dispose();
    loaded.dispose();
  } finally {
    fs.rmSync(folder, { recursive: true });
    input.dispose();
  }
  assert.equal(tf.memory().numTensors, before);
});

test('a step of training that model gives every weight a gradient, leaks nothing, and repeats bit for bit', () => {
  const run = (): Float32Array[] => {
    const model = everything();
    const input = draw([4, 9, 8, 2], 2);
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const step = (): Float32Array[] =>
      tf.tidy(() => {
        const { grads } = tf.variableGrads(() => {
          const output = model.apply(input, { training: true }) as tf.Tensor;
          return tf.neg(tf.mean(tf.log(tf.slice(output, [0, 0], [4, 1])))) as tf.Scalar;
        }, variables);
        return variables.map(({ name }) => grads[name].dataSync<'float32'>().slice());
      });
    step();
    const before = tf.memory().numTensors;
    const gradients = [...step(), ...step()];
    assert.equal(tf.memory().numTensors, before);
    const still = gradients.filter((values) => values.every((value) => value === 0));
    assert.deepEqual(still, []);
    model.dispose();
    input.dispose();
    return gradients;
  };
  assert.deepEqual(run(), run());
});

test('a gru in both directions knows when it is trained, and then runs few clips as many', () => {
  const layer = bidirectional({ layer: gru({ units: 3, seed: 4 }) });
  const random = new Random(8);
  const rows = Float32Array.from({ length: 6 * 5 * 4 }, () => random.normal());
  const outputs = (clips: number, training: boolean): Float32Array =>
    tf.tidy(() => {
      const input = tf.tensor3d(rows.subarray(0, clips * 5 * 4), [clips, 5, 4]);
      return (layer.apply(input, { training }) as tf.Tensor).dataSync() as Float32Array;
    });
  assert.deepEqual(outputs(6, true), outputs(6, false));
  assert.notDeepEqual(outputs(2, true), outputs(2, false), 'plain loops round otherwise');
  layer.dispose();
});

test('gru and lstm going backwards equal themselves on the reversed sequence', () => {
  for (const make of [gru, lstm]) {
    const input = draw([2, 6, 3], 3);
    const [there, back] = [false, true].map((backwards) =>
      make({ units: 4, returnSequences: true, seed: 1, backwards }),
    );
    const expected = tf.reverse(there.apply(tf.reverse(input, 1)) as tf.Tensor, 1);
    assert.ok(largestDifference((back.apply(input) as tf.Tensor).dataSync(), expected.dataSync()) < 1e-6);
    const last = make({ units: 4, seed: 1, backwards: true }).apply(input) as tf.Tensor;
    assert.ok(largestDifference(last.dataSync(), tf.slice(expected, [0, 0, 0], [2, 1, 4]).dataSync()) < 1e-6);
  }
});

test('bidirectional starts its two layers from different weights and refuses layers without a direction', () => {
  const layer = bidirectional({ layer: gru({ units: 2, seed: 1 }) });
  layer.build([null, 4, 3]);
  const [forward, , , backward] = layer.getWeights();
  assert.notDeepEqual(forward.dataSync(), backward.dataSync());
  assert.throws(
    () => bidirectional({ layer: tf.layers.flatten() }),
    /layer must be a gru or an lstm that goes forward/,
  );
});

test('dropout of whole channels keeps or drops a channel everywhere in a row', () => {
  const layer = dropout({ rate: 0.5, wholeChannels: true });
  const output = (layer.apply(tf.ones([10, 3, 4, 6]), { training: true }) as tf.Tensor).arraySync() as number[][][][];
  const kinds = output.flatMap((row) =>
    row[0][0].map((_, channel) => new Set(row.flat().map((place) => place[channel]))),
  );
  assert.ok(kinds.every((kind) => kind.size === 1));
  assert.ok(kinds.some((kind) => kind.has(0)) && kinds.some((kind) => kind.has(2)));
});

test('layers refuse sizes that are not whole numbers above 0', () => {
  assert.throws(() => gru({ units: 0 }), /gru: units must be a whole number above 0, got 0/);
  assert.throws(() => conv2d({ filters: 2, kernelSize: [3, 0.5] }), /conv2d: kernelSize must be .*, got 0.5/);
  assert.throws(() => multiHeadAttention({ heads: 2, keyDim: -1 }), /multiHeadAttention: keyDim must be .*, got -1/);
  assert.throws(
    () => attentivePooling({ epsilon: 0 }),
    /attentivePooling: epsilon must be a finite number above 0, got 0/,
  );
  const wrong = { filters: 2, kernelSize: 3, padding: 'causal' } as unknown as Parameters<typeof conv1d>[0];
  assert.throws(() => conv1d(wrong), /conv1d: padding must be one of same, valid, got "causal"/);
  const flag = { units: 2, returnSequences: 'yes' } as unknown as Parameters<typeof gru>[0];
  assert.throws(() => gru(flag), /gru: returnSequences must be true or false, got "yes"/);
  assert.throws(
    () => layerNormalization({ epsilon: Number.NaN }),
    /layerNormalization: epsilon must be a finite number above 0, got NaN/,
  );
});
