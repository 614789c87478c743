import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { tf } from '../../tensorflow';
import type { Epoch } from '../../training/callbacks/callback';
import { tensorBoard } from '../../training/callbacks/logs';
import { fit } from '../../training/fit';
import { type LoggedScalar, readScalars } from '../support/event-records';
import { toyData, toyModel } from '../support/toy-training';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-tensorboard-'));
after(() => fs.rmSync(root, { recursive: true }));

const expected = (epochs: Epoch[], columns: [string, keyof Epoch][]): LoggedScalar[] =>
  epochs.flatMap((epoch) =>
    columns.map(([tag, column]) => ({ tag, step: epoch.epoch, value: Math.fround(epoch[column]) })),
  );

test('the logs hold loss, accuracy and rate of every epoch, training and validation apart', async () => {
  const folder = path.join(root, 'logs');
  const model = toyModel();
  const options = { train: toyData(60, 1), validation: toyData(30, 2), epochs: 3, batchSize: 16 };
  const { epochs } = await fit(model, { ...options, callbacks: [tensorBoard(folder)] });
  assert.equal(epochs.length, 3);
  assert.deepEqual(
    readScalars(path.join(folder, 'train')),
    expected(epochs, [
      ['epoch_loss', 'loss'],
      ['epoch_accuracy', 'accuracy'],
      ['epoch_learning_rate', 'learningRate'],
    ]),
  );
  assert.deepEqual(
    readScalars(path.join(folder, 'validation')),
    expected(epochs, [
      ['epoch_loss', 'valLoss'],
      ['epoch_accuracy', 'valAccuracy'],
    ]),
  );
  model.dispose();
});

test('a training that never begins writes nothing, and one that ends leaves no tensors', async () => {
  const folder = path.join(root, 'none');
  const model = toyModel();
  const before = tf.memory().numTensors;
  const callback = tensorBoard(folder);
  assert.equal(fs.existsSync(folder), false);
  await fit(model, { train: toyData(20, 1), validation: toyData(10, 2), epochs: 1, callbacks: [callback] });
  assert.equal(tf.memory().numTensors, before);
  model.dispose();
});
