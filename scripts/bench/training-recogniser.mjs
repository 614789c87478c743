/** A step of a convolutional recogniser of 258,000 parameters on our layers; torch_peer.py has the same network. */

import {
  attentivePooling,
  batchNormalization,
  bidirectional,
  conv2d,
  dropout,
  gru,
  rectifier,
} from '../../lib/dist/layers/layers.js';
import { tf } from '../../lib/dist/tensorflow.js';
import { AdamW } from '../../lib/dist/training/optimizer.js';

const WIDTH = 24;

/** @param {{ shape: number[], batch: number, rows: Float32Array, labels: Int32Array }} task */
export function recogniserStep({ shape, batch, rows, labels }) {
  const model = residualCrnn(shape.slice(1));
  const variables = model.trainableWeights.map((/** @type {any} */ weight) => weight.read());
  const optimizer = new AdamW(variables);
  const inputs = tf.tensor(rows, shape);
  const targets = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), 8), 'float32'));
  let step = 0;
  return () =>
    tf.tidy(() => {
      const picked = Array.from({ length: batch }, (_, i) => ((step * batch + i) * 577) % labels.length);
      step++;
      const [x, y] = [inputs, targets].map((all) => tf.gather(all, tf.tensor1d(picked, 'int32')));
      const { value, grads } = tf.variableGrads(() => {
        const outputs = /** @type {any} */ (model.apply(x, { training: true }));
        return /** @type {any} */ (tf.losses.softmaxCrossEntropy(y, outputs));
      }, variables);
      optimizer.apply(grads);
      return value.dataSync()[0];
    });
}

/** @param {number[]} shape */
function residualCrnn(shape) {
  /** @typedef {any} Symbolic */
  const on = (/** @type {Symbolic} */ x, /** @type {Symbolic} */ layer) => layer.apply(x);
  const pool = (/** @type {Symbolic} */ x, /** @type {[number, number]} */ size) =>
    on(x, tf.layers.maxPooling2d({ poolSize: size, strides: size }));
  const convolved = (
    /** @type {Symbolic} */ x,
    /** @type {number} */ filters,
    /** @type {number} */ kernelSize,
    strides = [1, 1],
  ) => on(x, conv2d({ filters, kernelSize, strides, useBias: false }));
  const normalised = (/** @type {Symbolic} */ x) => on(x, batchNormalization({ momentum: 0.9, epsilon: 1e-5 }));
  const rectified = (/** @type {Symbolic} */ x) => on(x, rectifier());
  const residual = (/** @type {Symbolic} */ x, /** @type {number} */ filters) => {
    const inner = rectified(normalised(convolved(x, filters, 3)));
    const outer = normalised(convolved(inner, filters, 3));
    return on([convolved(x, filters, 1), outer], tf.layers.add());
  };
  const drop = (/** @type {Symbolic} */ x, /** @type {number} */ rate, wholeChannels = false) =>
    on(x, dropout({ rate, wholeChannels }));
  const input = tf.input({ shape });
  // The largest of rectified values is the rectified largest value, which has fewer places.
  const first = rectified(pool(normalised(convolved(input, WIDTH, 3, [1, 2])), [2, 2]));
  const second = drop(rectified(pool(residual(first, 2 * WIDTH), [2, 2])), 0.1, true);
  const third = drop(rectified(pool(residual(second, 4 * WIDTH), [1, 2])), 0.1, true);
  const [, frames, bands, channels] = third.shape;
  const flat = on(third, tf.layers.reshape({ targetShape: [frames, 1, bands * channels] }));
  const image = drop(rectified(normalised(convolved(flat, 96, 1))), 0.2);
  const sequence = on(image, tf.layers.reshape({ targetShape: [frames, 96] }));
  const both = on(sequence, bidirectional({ layer: gru({ units: 48, returnSequences: true }) }));
  const joined = on([sequence, both], tf.layers.concatenate());
  const pooled = drop(normalised(on(joined, attentivePooling({ units: 32 }))), 0.4);
  return tf.model({ inputs: input, outputs: on(pooled, tf.layers.dense({ units: 8 })) });
}
