import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { loadModel } from '../../layers/model-file';
import type { Callback } from '../../training/callbacks/callback';
import {
  earlyStopping,
  modelCheckpoint,
  type PlateauOptions,
  reduceLearningRateOnPlateau,
} from '../../training/callbacks/validation-loss';
import { DummyTraining, epochOf, golden, type KerasOptions } from '../support/keras-golden';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-validation-loss-'));
after(() => fs.rmSync(folder, { recursive: true }));

/** Losses that rise and fall as the fixture's values get worse and better. */
const lossesOf = ({ options, values }: { options: Pick<KerasOptions, 'mode'>; values: number[] }): number[] =>
  options.mode === 'max' ? values.map((value) => -value) : values;

/**
 * Plays losses to a callback until it stops the training, as a training that is resumed after every epoch if `resumed`.
 *
 * @returns the learning rate after each epoch, and whether the training was stopped
 */
async function play(make: () => Callback, losses: number[], { resumed = false, firstEpoch = 1 } = {}) {
  const training = new DummyTraining();
  let callback = make();
  const rates: number[] = [];
  for (const [index, loss] of losses.entries()) {
    if (training.stopped !== undefined) break;
    await callback.onEpochEnd(epochOf(firstEpoch + index, loss), training);
    rates.push(training.learningRate);
    if (!resumed) continue;
    const saved = JSON.stringify(callback.state?.());
    callback = make();
    callback.restore?.(JSON.parse(saved));
  }
  training.model.dispose();
  return { rates, stopped: training.stopped !== undefined };
}

/** Keras's cases without a baseline or `min_delta`. Epochs before `start_from_epoch` are left out. */
const stopping = golden.earlyStopping.filter(({ options }) => options.baseline === null && options.min_delta === 0);
/** Keras's cases with its default `min_delta` and without cooldown or a high lower bound. */
const plateaus = golden.plateau.filter(({ options }) => {
  return options.min_delta === 1e-4 && options.cooldown === 0 && options.min_lr <= 1e-8;
});
const checkpoints = golden.modelCheckpoint.filter(({ options }) => {
  return options.save_best_only && options.initial_value_threshold === null;
});

test('earlyStopping stops where Keras stops, also when resumed after every epoch', async () => {
  assert.ok(stopping.length > 7, `${stopping.length} cases`);
  for (const { options, epochs, stopped, ...sequence } of stopping) {
    const { patience, start_from_epoch: ignored } = options;
    const losses = lossesOf({ options, ...sequence }).slice(ignored);
    for (const resumed of [false, true]) {
      const played = await play(() => earlyStopping({ patience }), losses, { resumed, firstEpoch: ignored + 1 });
      const found = { epochs: ignored + played.rates.length, stopped: played.stopped };
      assert.deepEqual(found, { epochs, stopped }, JSON.stringify(options));
    }
  }
});

test('without a single number to go by earlyStopping waits out the first epoch', async () => {
  const { rates } = await play(() => earlyStopping({ patience: 1 }), [Number.NaN, Number.NaN, Number.NaN]);
  assert.equal(rates.length, 2);
});

test('the reason says what did not get better, and for how long', async () => {
  const training = new DummyTraining();
  const callback = earlyStopping({ patience: 2 });
  for (const epoch of [1, 2, 3]) await callback.onEpochEnd(epochOf(epoch, 0.5), training);
  assert.equal(training.stopped, 'the validation loss did not fall for 2 epochs');
  training.model.dispose();
});

test('an improvement counts in single precision', async () => {
  const { stopped } = await play(() => earlyStopping({ patience: 1 }), [1, 1 - 1e-9]);
  assert.equal(stopped, true);
  assert.equal((await play(() => earlyStopping({ patience: 1 }), [1, 1 - 1e-6])).stopped, false);
});

test("reduceLearningRateOnPlateau sets Keras's rate after every epoch, also when resumed", async () => {
  assert.ok(plateaus.length > 8, `${plateaus.length} cases`);
  for (const { options, rates, ...sequence } of plateaus) {
    const { factor, patience } = options;
    for (const resumed of [false, true]) {
      const make = () => reduceLearningRateOnPlateau({ factor, patience });
      const played = await play(make, lossesOf({ options, ...sequence }), { resumed });
      // Keras keeps the rate in single precision, and has no lower bound in some cases.
      rates.forEach((rate, index) => {
        const difference = Math.abs(played.rates[index] / Math.max(rate, 1e-8) - 1);
        assert.ok(difference < 1e-6, `${JSON.stringify(options)}, epoch ${index + 1}: ${played.rates}, not ${rates}`);
      });
    }
  }
});

test("the original's numbers by default: 0.6 after five epochs without gain, never below 1e-8", async () => {
  const { rates } = await play(
    () => reduceLearningRateOnPlateau(),
    Array.from({ length: 200 }, () => 1),
  );
  assert.deepEqual(
    [0, 4, 5, 9, 10].map((index) => rates[index]),
    [0.01, 0.01, 0.006, 0.006, 0.0036],
  );
  assert.equal(rates.at(-1), 1e-8);
});

test('a value that is not a number is no gain', async () => {
  const losses = [Number.NaN, 1, Number.NaN, Number.NaN];
  const { rates } = await play(() => reduceLearningRateOnPlateau({ patience: 2 }), losses);
  assert.deepEqual(rates, [0.01, 0.01, 0.01, 0.006]);
});

test('modelCheckpoint saves in the epochs in which Keras does, also when resumed after every epoch', async () => {
  assert.ok(checkpoints.length > 4, `${checkpoints.length} cases`);
  for (const { saved, ...sequence } of checkpoints) {
    const losses = lossesOf(sequence);
    for (const resumed of [false, true]) {
      const epochs: number[] = [];
      let epoch = 0;
      const make = (): Callback => {
        const callback = modelCheckpoint('best', { save: () => void epochs.push(epoch) });
        return {
          ...callback,
          onEpochEnd(done, training) {
            epoch = done.epoch;
            return callback.onEpochEnd(done, training);
          },
        };
      };
      await play(make, losses, { resumed });
      assert.deepEqual(
        epochs,
        saved.map((file) => Number(/-(\d+)\.keras$/.exec(file)?.[1])),
        JSON.stringify(sequence.options),
      );
    }
  }
});

test('the best model lies in one folder, from which it is loaded', async () => {
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

test('options out of range are refused', () => {
  const refuses = (make: () => Callback, message: RegExp): void => assert.throws(make, { name: 'RangeError', message });
  const plateau = (options: PlateauOptions) => () => reduceLearningRateOnPlateau(options);
  refuses(plateau({ factor: 1 }), /reduceLearningRateOnPlateau: factor must be between 0 and 1, got 1/);
  refuses(plateau({ factor: 0 }), /factor must be between 0 and 1, got 0/);
  refuses(plateau({ patience: -1 }), /patience must be a whole number of epochs, 0 or more, got -1/);
  refuses(() => earlyStopping({ patience: 0.5 }), /earlyStopping: patience must be a whole number .* got 0.5/);
});
