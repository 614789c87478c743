import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { readJson } from '../../files';
import {
  attentivePooling,
  batchNormalization,
  bidirectional,
  conv1d,
  conv2d,
  gru,
  layerNormalization,
  lstm,
  multiHeadAttention,
} from '../../layers/layers';
import { tf } from '../../tensorflow';
import { fixtures, largestDifference } from '../support/golden-signals';

/** A layer of Keras's on some inputs, with the gradients of Σ output · scale; keras-layers-golden.py wrote it. */
interface GoldenLayer {
  name: string;
  shape: number[];
  outputShape: number[];
  weights: { shape: number[]; values: number[] }[];
  steps: { input: number[]; scale: number[]; output: number[]; gradients: number[][] }[];
  after: number[][];
}
const golden = readJson<{ tool: string; cases: GoldenLayer[] }>(path.join(fixtures, 'keras-layers-golden.json'));

const LAYERS: Record<string, () => tf.layers.Layer> = {
  lstm: () => lstm({ units: 4, returnSequences: true }),
  lstmLast: () => lstm({ units: 4 }),
  gru: () => gru({ units: 4, returnSequences: true }),
  gruLast: () => gru({ units: 3 }),
  bidirectionalLstm: () => bidirectional({ layer: lstm({ units: 3 }) }),
  bidirectionalGru: () => bidirectional({ layer: gru({ units: 3, returnSequences: true }) }),
  layerNormalization: () => layerNormalization(),
  multiHeadAttention: () => multiHeadAttention({ heads: 2, keyDim: 3, valueDim: 4 }),
  conv1d: () => conv1d({ filters: 3, kernelSize: 3, activation: 'relu' }),
  conv2d: () => conv2d({ filters: 3, kernelSize: [3, 2], strides: [2, 1], activation: 'relu' }),
  conv2dValid: () => conv2d({ filters: 2, kernelSize: 3, padding: 'valid', useBias: false }),
  batchNormalization: () => batchNormalization(),
  attentivePooling: () => attentivePooling({ units: 3 }),
};

function assertNear(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  const most = Math.max(...Array.from(expected, Math.abs));
  const difference = largestDifference(actual, expected);
  assert.ok(difference <= 1e-5 + 1e-4 * most, `${what}: ${difference} apart, values up to ${most}`);
}

/** The layer with Keras's weights, built for the inputs. */
function layerOf({ name, shape, weights }: GoldenLayer): tf.layers.Layer {
  const layer = LAYERS[name]();
  layer.build(shape);
  layer.built = true;
  tf.tidy(() => {
    layer.setWeights(weights.map(({ shape, values }) => tf.tensor(values, shape)));
  });
  return layer;
}

const valuesOf = (tensor: tf.Tensor): Float32Array => tensor.dataSync<'float32'>();

for (const expected of golden.cases) {
  test(`${expected.name} gives Keras's values and gradients`, () => {
    const before = tf.memory().numTensors;
    const layer = layerOf(expected);
    for (const [index, step] of expected.steps.entries()) {
      tf.tidy(() => {
        const input = tf.tensor(step.input, expected.shape);
        const scale = tf.tensor(step.scale, expected.outputShape);
        const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
        let output = input;
        const { grads } = tf.variableGrads(() => {
          output = tf.keep(layer.call(input, { training: true }) as tf.Tensor);
          return tf.sum(tf.mul(output, scale)) as tf.Scalar;
        }, variables);
        assert.deepEqual(output.shape, expected.outputShape);
        assertNear(valuesOf(output), step.output, `output ${index}`);
        output.dispose();
        const [, ...slopes] = step.gradients;
        variables.forEach(({ name }, i) => {
          assertNear(valuesOf(grads[name]), slopes[i], `gradient of ${name}`);
        });
      });
    }
    // The running statistics, and nothing else, have moved.
    layer.getWeights().forEach((weight, i) => {
      assertNear(valuesOf(weight), expected.after[i], `weight ${i} afterwards`);
    });
    const [last] = expected.steps.slice(-1);
    tf.tidy(() => {
      const call = (x: tf.Tensor): tf.Tensor => layer.call(x, { training: true }) as tf.Tensor;
      const loss = (x: tf.Tensor): tf.Tensor => tf.sum(tf.mul(call(x), tf.tensor(last.scale, expected.outputShape)));
      const slope = tf.grad(loss)(tf.tensor(last.input, expected.shape));
      assertNear(valuesOf(slope), last.gradients[0], 'gradient of the input');
    });
    for (const weight of layer.weights) weight.dispose();
    assert.equal(tf.memory().numTensors, before);
  });
}
