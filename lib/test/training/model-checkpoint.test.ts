import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { loadModel } from '../../layers/model-file';
import { type ModelCheckpointOptions, modelCheckpoint } from '../../training/callbacks/model-checkpoint';
import { DummyTraining, epochOf, golden, type KerasOptions, watched } from '../support/keras-golden';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-model-checkpoint-'));
after(() => fs.rmSync(folder, { recursive: true }));

const fromKeras = (options: KerasOptions): ModelCheckpointOptions => ({
  monitor: watched(options.mode),
  mode: options.mode,
  bestOnly: options.save_best_only,
  initialValueThreshold: options.initial_value_threshold ?? undefined,
});

/** The paths saved to, as a training that is resumed after every epoch if `resumed`. */
async function play(options: ModelCheckpointOptions, values: number[], resumed = false): Promise<string[]> {
  const training = new DummyTraining();
  const saved: string[] = [];
  const make = () =>
    modelCheckpoint(`model-{epoch:02d}-{${watched(options.mode)}:.3f}-{epoch}.keras`, {
      ...options,
      save: (_, file) => void saved.push(file),
    });
  let callback = make();
  for (const [index, value] of values.entries()) {
    await callback.onEpochEnd(epochOf(index + 1, value, options.mode), training);
    if (!resumed) continue;
    const state = JSON.stringify(callback.state?.());
    callback = make();
    callback.restore?.(JSON.parse(state));
  }
  training.model.dispose();
  return saved;
}

test('modelCheckpoint saves in the epochs and under the names that Keras does, for every case', async () => {
  for (const { options, values, saved } of golden.modelCheckpoint) {
    assert.deepEqual(await play(fromKeras(options), values), saved, JSON.stringify(options));
  }
});

test('modelCheckpoint resumes from its state without a difference', async () => {
  for (const { options, values, saved } of golden.modelCheckpoint) {
    assert.deepEqual(await play(fromKeras(options), values, true), saved, JSON.stringify(options));
  }
});

test('by default the best model lies in one folder, from which it is loaded', async () => {
  const training = new DummyTraining();
  const callback = modelCheckpoint(path.join(folder, 'best'));
  for (const [index, loss] of [3, 1, 2].entries()) {
    training.weight = index + 1;
    await callback.onEpochEnd(epochOf(index + 1, loss), training);
  }
  const model = await loadModel(path.join(folder, 'best'));
  assert.equal(model.getWeights()[0].dataSync()[0], 2);
  model.dispose();
  training.model.dispose();
});

test('a model that could not be saved is not the best one kept', async () => {
  const training = new DummyTraining();
  const saved: number[] = [];
  let full = true;
  const callback = modelCheckpoint('best', {
    save: async ({ name }) => {
      if (full) throw new Error(`${name}: no space left`);
      saved.push(1);
    },
  });
  await assert.rejects(async () => callback.onEpochEnd(epochOf(1, 1), training), /no space left/);
  full = false;
  await callback.onEpochEnd(epochOf(2, 2), training);
  assert.deepEqual(saved, [1], 'worse than the one that was lost, but the best there is');
  training.model.dispose();
});

test('places of a pattern are filled as Python fills them', async () => {
  const training = new DummyTraining();
  const saved: string[] = [];
  const pattern = '{epoch:3d}|{epoch:04d}|{valLoss:.2f}|{valAccuracy}|{learningRate:.3f}';
  await modelCheckpoint(pattern, { save: (_, file) => void saved.push(file) }).onEpochEnd(epochOf(7, 1.005), training);
  assert.deepEqual(saved, ['  7|0007|1.00|0.5|0.010']); // f'{1.005:.2f}' is 1.00
  training.model.dispose();
});

test('modelCheckpoint refuses patterns that it could not fill', () => {
  const refuses = (pattern: string, message: RegExp): void =>
    assert.throws(() => modelCheckpoint(pattern), { name: 'RangeError', message });
  refuses('', /modelCheckpoint: the pattern must name a file, got ""/);
  refuses('{val_loss:.2f}', /places must be of epoch, .*valLoss.*, got \{val_loss:\.2f\}/);
  refuses('{toString}', /places must be of .* got \{toString\}/);
  refuses('{epoch:x}', /formats must be as in \{epoch:02d\} or \{valLoss:\.2f\}, got \{epoch:x\}/);
});
