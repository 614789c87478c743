import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { originalModel } from '../model/architectures';
import { loadModel } from '../model/model-file';
import { Random } from '../random';
import { tf } from '../tensorflow';
import type { Callback } from '../training/callbacks';
import type { Dataset } from '../training/dataset';
import { earlyStopping } from '../training/early-stopping';
import { type FitOptions, fit } from '../training/fit';
import { modelCheckpoint } from '../training/model-checkpoint';
import { reduceLearningRateOnPlateau } from '../training/plateau';
import { evaluateModel, predictRows } from '../training/predict-rows';
import { tensorBoard } from '../training/tensorboard';

const frames = 6;
const coefficients = 5;
const classes = 3;

/** Rows whose label shows in their mean. */
function toyData(rows: number, seed: number): Dataset {
  const random = new Random(seed, 'toy');
  const labels = Int32Array.from({ length: rows }, (_, row) => row % classes);
  const features = Float32Array.from(
    { length: rows * frames * coefficients },
    (_, i) => labels[Math.floor(i / (frames * coefficients))] - 1 + 0.7 * random.normal(),
  );
  return { features, labels, clips: Int32Array.from(labels.keys()), frames, coefficients };
}

const toyModel = (): tf.Sequential => originalModel({ frames, coefficients, classes, seed: 4 });
const toyOptions = (): FitOptions => ({
  train: toyData(60, 1),
  validation: toyData(30, 2),
  epochs: 4,
  batchSize: 16,
  learningRate: 0.005,
});

test('fit learns, counts its epochs and names the best one', async () => {
  const model = toyModel();
  const history = await fit(model, { ...toyOptions(), epochs: 12 });
  const losses = history.epochs.map(({ valLoss }) => valLoss);
  assert.deepEqual(
    history.epochs.map(({ epoch }) => epoch),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  );
  assert.equal(losses[history.best - 1], Math.min(...losses));
  assert.ok((history.epochs.at(-1)?.accuracy ?? 0) > 0.8, 'training accuracy');
  assert.equal(history.ended, 'all 12 epochs done');
  model.dispose();
});

test('training twice with one seed gives the same weights, bit for bit, and another seed gives others', async () => {
  const train = async (seed: number): Promise<Float32Array[]> => {
    const model = toyModel();
    await fit(model, { ...toyOptions(), seed });
    const weights = model.getWeights().map((weight) => weight.dataSync<'float32'>().slice());
    model.dispose();
    return weights;
  };
  assert.deepEqual(await train(11), await train(11));
  assert.notDeepEqual(await train(11), await train(12));
});

test('fit leaves no tensors behind, however many epochs it runs', async () => {
  const model = toyModel();
  await fit(model, { ...toyOptions(), epochs: 1 });
  const before = tf.memory().numTensors;
  await fit(model, { ...toyOptions(), epochs: 5 });
  assert.equal(tf.memory().numTensors, before);
  model.dispose();
});

test('fit stops with an error that names epoch and batch when the loss is not a number', async () => {
  const options = toyOptions();
  options.train.features[3] = Number.NaN;
  const model = toyModel();
  await assert.rejects(
    fit(model, options),
    /the loss must be a number, got NaN in epoch 1, batch \d; row 0, of clip 0, holds a value/,
  );
  model.dispose();
});

test('an interrupt ends the training after the current batch, with the epochs so far', async () => {
  const model = toyModel();
  const history = await fit(model, {
    ...toyOptions(),
    epochs: 50,
    onBatch: ({ epoch, batch }) => {
      if (epoch === 3 && batch === 2) process.emit('SIGINT');
      assert.ok(epoch < 3 || (epoch === 3 && batch <= 2), 'no batch after the interrupt');
    },
  });
  assert.equal(history.ended, 'interrupted');
  assert.equal(history.epochs.length, 2);
  assert.equal(process.listenerCount('SIGINT'), 0);
  model.dispose();
});

test('the checkpoint is the model of the best epoch', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-fit-'));
  try {
    const model = toyModel();
    const options = toyOptions();
    const history = await fit(model, { ...options, epochs: 8, callbacks: [modelCheckpoint(folder)] });
    const best = await loadModel(folder);
    const { loss } = evaluateModel(best, options.validation);
    assert.ok(Math.abs(loss - history.epochs[history.best - 1].valLoss) < 1e-6);
    model.dispose();
    best.dispose();
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test('predictRows gives probabilities that add up to one, the same in any grouping', () => {
  const model = toyModel();
  const many = toyData(700, 3);
  const all = predictRows(model, many);
  const size = frames * coefficients;
  const last = predictRows(model, { ...many, features: many.features.slice(-size), labels: many.labels.slice(-1) });
  assert.ok(Math.abs(all.reduce((sum, p) => sum + p, 0) - 700) < 1e-2);
  last.forEach((p, k) => {
    assert.ok(Math.abs(p - all[all.length - classes + k]) < 1e-6);
  });
  model.dispose();
});

test('TensorBoard logs are written on request', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-board-'));
  try {
    const model = toyModel();
    await fit(model, { ...toyOptions(), epochs: 2, callbacks: [tensorBoard(folder)] });
    for (const side of ['train', 'validation']) {
      const [file] = fs.readdirSync(path.join(folder, side));
      const log = fs.readFileSync(path.join(folder, side, file)).toString('latin1');
      assert.match(file, /tfevents/);
      assert.ok(log.includes('epoch_loss') && log.includes('epoch_accuracy'), side);
    }
    model.dispose();
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

/** Runs a callback over validation losses; the learning rate of each epoch, up to the one that stops. */
async function rates(callback: Callback, losses: number[], learningRate = 0.01): Promise<number[]> {
  const model = toyModel();
  const seen: number[] = [];
  let stopped = false;
  const training = {
    model,
    step: 0,
    learningRate,
    stop: () => {
      stopped = true;
    },
  };
  for (const [index, valLoss] of losses.entries()) {
    if (stopped) break;
    seen.push(training.learningRate);
    const other = { loss: 1, accuracy: 0, valAccuracy: 0, seconds: 0 };
    await callback.onEpochEnd({ epoch: index + 1, valLoss, learningRate: training.learningRate, ...other }, training);
  }
  model.dispose();
  return seen;
}

test('reduceLearningRateOnPlateau multiplies by 0.6 after five epochs without gain, down to its minimum', async () => {
  const flat = Array.from({ length: 12 }, () => 1);
  assert.deepEqual(await rates(reduceLearningRateOnPlateau(), flat), [
    ...Array.from({ length: 6 }, () => 0.01),
    ...Array.from({ length: 5 }, () => 0.006),
    0.0036,
  ]);
  const tiny = [1, 0.99995, 0.9999]; // smaller gains than minDelta do not count
  assert.deepEqual(await rates(reduceLearningRateOnPlateau({ patience: 2 }), [...tiny, 1]), [0.01, 0.01, 0.01, 0.006]);
  const floored = await rates(reduceLearningRateOnPlateau({ patience: 1, minLr: 0.009 }), [1, 1, 1, 1]);
  assert.deepEqual(floored, [0.01, 0.01, 0.009, 0.009]);
});

test('earlyStopping stops after seven epochs without gain, counted from the best one', async () => {
  const losses = [3, 2, 2.5, 1, ...Array.from({ length: 20 }, () => 1.5)];
  assert.equal((await rates(earlyStopping(), losses)).length, 4 + 7);
  assert.equal((await rates(earlyStopping({ patience: 1 }), [1, 1, 1])).length, 2);
});
