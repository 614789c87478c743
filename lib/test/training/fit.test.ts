import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { loadModel } from '../../layers/model-file';
import { tf } from '../../tensorflow';
import { modelCheckpoint } from '../../training/callbacks/validation-loss';
import { type FitOptions, fit } from '../../training/fit';
import { evaluateModel, predictRows } from '../../training/predict-rows';
import { toyData, toyModel } from '../support/toy-training';

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
  const size = many.frames * many.coefficients;
  const classes = all.length / 700;
  const last = predictRows(model, { ...many, features: many.features.slice(-size), labels: many.labels.slice(-1) });
  assert.ok(Math.abs(all.reduce((sum, p) => sum + p, 0) - 700) < 1e-2);
  last.forEach((p, k) => {
    assert.ok(Math.abs(p - all[all.length - classes + k]) < 1e-6);
  });
  model.dispose();
});

test('fit ends at the abortion of a signal as at an interrupt', async () => {
  const model = toyModel();
  const controller = new AbortController();
  const history = await fit(model, {
    ...{ ...toyOptions(), epochs: 50, interrupt: controller.signal },
    onBatch: ({ epoch }) => {
      if (epoch === 2) controller.abort();
    },
  });
  assert.equal(history.ended, 'interrupted');
  assert.equal(history.epochs.length, 1);
  model.dispose();
});
