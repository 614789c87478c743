import assert from 'node:assert/strict';
import test from 'node:test';
import { tf } from '../../tensorflow';
import { type EarlyStoppingOptions, earlyStopping } from '../../training/callbacks/early-stopping';
import { DummyTraining, epochOf, golden, type KerasOptions, watched } from '../support/keras-golden';

const fromKeras = (options: KerasOptions): EarlyStoppingOptions => ({
  monitor: watched(options.mode),
  mode: options.mode,
  patience: options.patience,
  minDelta: options.min_delta,
  baseline: options.baseline ?? undefined,
  restoreBestWeights: options.restore_best_weights,
  startFromEpoch: options.start_from_epoch,
});

/** Plays the values, as a training that is resumed after every epoch if `resumed`; the weight holds the epoch. */
async function play(options: KerasOptions, values: number[], resumed: boolean) {
  const training = new DummyTraining();
  let callback = earlyStopping(fromKeras(options));
  callback.onTrainBegin?.(training);
  let epochs = 0;
  for (const value of values) {
    if (training.stopped !== undefined) break;
    epochs++;
    training.weight = epochs;
    await callback.onEpochEnd(epochOf(epochs, value, options.mode), training);
    if (!resumed) continue;
    const saved = JSON.stringify(callback.state?.());
    callback = earlyStopping(fromKeras(options));
    callback.onTrainBegin?.(training);
    callback.restore?.(JSON.parse(saved));
  }
  await callback.onTrainEnd?.(training);
  const { weight, stopped } = training;
  training.model.dispose();
  return { epochs, stopped: stopped !== undefined, bestEpoch: callback.bestEpoch, weight };
}

test('earlyStopping stops where Keras stops and leaves the weights that Keras leaves, for every case', async () => {
  for (const { options, values, ...expected } of golden.earlyStopping) {
    const played = await play(options, values, false);
    // Keras says 1 for the best epoch if there was none.
    assert.deepEqual({ ...played, bestEpoch: Math.max(1, played.bestEpoch) }, expected, JSON.stringify(options));
  }
});

test('earlyStopping resumes from its state without a difference, best weights included', async () => {
  for (const { options, values } of golden.earlyStopping) {
    assert.deepEqual(await play(options, values, true), await play(options, values, false), JSON.stringify(options));
  }
});

test('the reason says what did not get better, and for how long', async () => {
  const training = new DummyTraining();
  const callback = earlyStopping({ monitor: 'valAccuracy', patience: 2 });
  for (const epoch of [1, 2, 3]) await callback.onEpochEnd(epochOf(epoch, 0.5, 'max'), training);
  assert.equal(training.stopped, 'the validation accuracy did not rise for 2 epochs');
  training.model.dispose();
});

test('the best weights are kept and put back without a tensor left behind', async () => {
  const training = new DummyTraining();
  const before = tf.memory().numTensors;
  const callback = earlyStopping({ restoreBestWeights: true });
  for (const [index, loss] of [3, 1, 2, 2].entries()) {
    training.weight = index + 1;
    await callback.onEpochEnd(epochOf(index + 1, loss), training);
  }
  callback.onTrainEnd?.(training);
  assert.equal(training.weight, 2);
  assert.equal(tf.memory().numTensors, before);
  training.model.dispose();
});

test('without a single number to go by it waits out the first epoch and keeps its weights', async () => {
  const training = new DummyTraining();
  const callback = earlyStopping({ patience: 1, restoreBestWeights: true });
  training.weight = 1;
  await callback.onEpochEnd(epochOf(1, Number.NaN), training);
  assert.equal(training.stopped, undefined);
  training.weight = 2;
  await callback.onEpochEnd(epochOf(2, Number.NaN), training);
  assert.notEqual(training.stopped, undefined);
  await callback.onTrainEnd?.(training);
  assert.equal(training.weight, 1);
  training.model.dispose();
});

test('earlyStopping refuses options that make no sense', () => {
  const message = (options: EarlyStoppingOptions, expected: RegExp): void =>
    assert.throws(() => earlyStopping(options), { name: 'RangeError', message: expected });
  message({ patience: 0.5 }, /earlyStopping: patience must be a whole number of epochs, 0 or more, got 0.5/);
  message({ startFromEpoch: -1 }, /startFromEpoch must be .* got -1/);
  message({ baseline: Number.NaN }, /baseline must be a finite number, got NaN/);
  message({ monitor: 'epoch' }, /mode must be min or max for epoch, got auto/);
});
