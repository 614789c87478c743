/** Node's sides of the training bench: `ours`, or `stock`, which is tfjs's own layers and nothing of ours. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';

const [side, folder] = process.argv.slice(2);

/** @typedef {{ shape: number[], batch: number, rows: Float32Array, labels: Int32Array }} Task */

/** @param {string} name @returns {Task} */
function load(name) {
  const { shape, batch } = JSON.parse(fs.readFileSync(path.join(folder, 'tasks.json'), 'utf8'))[name];
  const read = (/** @type {string} */ ending) =>
    Uint8Array.from(fs.readFileSync(path.join(folder, `${name}.${ending}`))).buffer;
  return { shape, batch, rows: new Float32Array(read('f32')), labels: new Int32Array(read('i32')) };
}

/** Row numbers of one batch after another. @param {Task} task */
function batches({ shape: [count], batch }) {
  let start = 0;
  return () => {
    if (start + batch > count) start = 0;
    start += batch;
    return Array.from({ length: batch }, (_, i) => ((start - batch + i) * 577) % count);
  };
}

/** Our layers, our step, our predictions. */
async function ours() {
  const { residualCrnn } = await import('../../lib/dist/models/convolutional/residual-crnn.js');
  const { originalModel } = await import('../../lib/dist/models/network/original.js');
  const { Random } = await import('../../lib/dist/random.js');
  const { tf } = await import('../../lib/dist/tensorflow.js');
  const { AdamW } = await import('../../lib/dist/training/optimizer.js');
  const { predictRows } = await import('../../lib/dist/training/predict-rows.js');
  const { Stepper } = await import('../../lib/dist/training/step.js');
  const { trainableVariables } = await import('../../lib/dist/training/weights.js');
  /** @param {Task} task */
  const dataOf = ({ shape: [, frames, coefficients], rows, labels }) => ({
    ...{ features: rows, labels, clips: labels, frames, coefficients },
  });
  /** A training step on the next batch. @param {import('@tensorflow/tfjs-node').LayersModel} model @param {Task} task */
  const stepOf = (model, task) => {
    const streams = { mixup: new Random(1), augmentation: new Random(2) };
    const optimizer = new AdamW(trainableVariables(model));
    const stepper = new Stepper({ model, optimizer, data: dataOf(task), options: {}, streams });
    const next = batches(task);
    return () => stepper.step(next());
  };
  const task = load('original');
  const [, frames, coefficients] = task.shape;
  const model = originalModel();
  const data = dataOf(task);
  const one = { ...data, features: task.rows.subarray(0, frames * coefficients), labels: task.labels.subarray(0, 1) };
  const larger = load('residualCrnn');
  const product = (/** @type {number} */ m, /** @type {number} */ k, /** @type {number} */ n) => {
    const [a, b, c] = [
      [m, k],
      [k, n],
      [m, n],
    ].map((shape) => tf.randomNormal(shape));
    return () => {
      for (const made of [tf.matMul(a, b), tf.matMul(c, b, false, true), tf.matMul(a, c, true)]) made.dispose();
    };
  };
  // All that the step multiplies, each way, as products as large as they could be.
  const places = task.batch * frames;
  const products = [product(places, 640, 256), product(places, 64, 256), product(places * coefficients, 3, 32)];
  return {
    greeting: { tensorflow: tf.version['tfjs-core'], parameters: model.countParams() },
    works: {
      original: stepOf(model, task),
      residualCrnn: stepOf(residualCrnn({ frames: larger.shape[1], bands: larger.shape[2] }), larger),
      one: () => predictRows(model, one),
      many: () => predictRows(model, data),
      bound: () => products.forEach((multiply) => void multiply()),
    },
  };
}

/** The same network of tfjs's own layers, with tfjs's own training. */
function stock() {
  const require = createRequire(import.meta.url); // whose modules can be changed
  require('node:util').isNullOrUndefined = (/** @type {unknown} */ value) => value === null || value === undefined;
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
  const tf = require('@tensorflow/tfjs-node');
  const task = load('original');
  const { timeDistributed, conv1d, batchNormalization, flatten, lstm, dropout, dense } = tf.layers;
  const model = tf.sequential({
    layers: [
      timeDistributed({
        layer: conv1d({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' }),
        inputShape: task.shape.slice(1),
      }),
      timeDistributed({ layer: batchNormalization() }),
      timeDistributed({ layer: flatten() }),
      lstm({ units: 64, recurrentActivation: 'sigmoid' }),
      dropout({ rate: 0.2 }),
      dense({ units: 64, activation: 'relu' }),
      dropout({ rate: 0.2 }),
      dense({ units: 64, activation: 'relu' }),
      dense({ units: 8, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const rows = tf.tensor(task.rows, task.shape);
  const targets = tf.oneHot(tf.tensor1d(task.labels, 'int32'), 8).toFloat();
  const next = batches(task);
  const some = (/** @type {any} */ all, /** @type {number[]} */ batch) => tf.gather(all, tf.tensor1d(batch, 'int32'));
  const predict = (/** @type {any} */ input) =>
    tf.tidy(() => /** @type {any} */ (model.predict(input, { batchSize: 512 })).dataSync());
  const first = tf.slice(rows, 0, 1);
  return {
    greeting: { tfjs: tf.version.tfjs },
    works: {
      original: async () => {
        const batch = next();
        const [x, y] = tf.tidy(() => [some(rows, batch), some(targets, batch)]);
        await model.trainOnBatch(x, y);
        tf.dispose([x, y]);
      },
      one: () => predict(first),
      many: () => predict(rows),
    },
  };
}

const { greeting, works } = side === 'ours' ? await ours() : stock();
console.log(JSON.stringify(greeting));
for await (const line of createInterface(process.stdin)) {
  const { work, count } = JSON.parse(line);
  const milliseconds = [];
  for (let i = 0; i < count; i++) {
    const started = performance.now();
    await /** @type {Record<string, () => unknown>} */ (works)[work]();
    milliseconds.push(performance.now() - started);
  }
  const megabytes = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ milliseconds, megabytes }));
}
