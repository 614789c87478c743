import assert from 'node:assert/strict';
import test from 'node:test';
import { type PlateauOptions, reduceLearningRateOnPlateau } from '../../training/callbacks/plateau';
import { DummyTraining, epochOf, golden, type KerasOptions, watched } from '../support/keras-golden';

const fromKeras = (options: KerasOptions): PlateauOptions => ({
  monitor: watched(options.mode),
  mode: options.mode,
  factor: options.factor,
  patience: options.patience,
  cooldown: options.cooldown,
  minDelta: options.min_delta,
  minLr: options.min_lr,
});

/** The rate after each epoch, as a training that is resumed after every epoch if `resumed`. */
async function play(options: PlateauOptions, values: number[], resumed = false): Promise<number[]> {
  const training = new DummyTraining();
  let callback = reduceLearningRateOnPlateau(options);
  callback.onTrainBegin?.(training);
  const rates: number[] = [];
  for (const [index, value] of values.entries()) {
    await callback.onEpochEnd(epochOf(index + 1, value, options.mode), training);
    rates.push(training.learningRate);
    if (!resumed) continue;
    const saved = JSON.stringify(callback.state?.());
    callback = reduceLearningRateOnPlateau(options);
    callback.onTrainBegin?.(training);
    callback.restore?.(JSON.parse(saved));
  }
  training.model.dispose();
  return rates;
}

test("reduceLearningRateOnPlateau sets Keras's rate after every epoch, for every case", async () => {
  for (const { options, values, rates } of golden.plateau) {
    const played = await play(fromKeras(options), values);
    // Keras keeps the rate in single precision.
    rates.forEach((rate, index) => {
      const difference = Math.abs(played[index] / rate - 1);
      assert.ok(difference < 1e-6, `${JSON.stringify(options)}, epoch ${index + 1}: ${played[index]}, not ${rate}`);
    });
  }
});

test('reduceLearningRateOnPlateau resumes from its state without a difference', async () => {
  for (const { options, values } of golden.plateau) {
    const given = fromKeras(options);
    assert.deepEqual(await play(given, values, true), await play(given, values), JSON.stringify(options));
  }
});

test("the original's numbers by default: 0.6 after five epochs without gain, never below 1e-8", async () => {
  const rates = await play(
    {},
    Array.from({ length: 200 }, () => 1),
  );
  assert.deepEqual(
    [0, 4, 5, 9, 10].map((index) => rates[index]),
    [0.01, 0.01, 0.006, 0.006, 0.0036],
  );
  assert.equal(rates.at(-1), 1e-8);
});

test('a value that is not a number is no gain', async () => {
  const rates = await play({ patience: 2 }, [Number.NaN, 1, Number.NaN, Number.NaN]);
  assert.deepEqual(rates, [0.01, 0.01, 0.01, 0.006]);
});

test('a second training starts without memory of the first', async () => {
  const training = new DummyTraining();
  const callback = reduceLearningRateOnPlateau({ patience: 2 });
  for (const epoch of [1, 2]) await callback.onEpochEnd(epochOf(epoch, 1), training);
  callback.onTrainBegin?.(training);
  for (const epoch of [1, 2]) await callback.onEpochEnd(epochOf(epoch, 5), training);
  assert.equal(training.learningRate, 0.01);
  training.model.dispose();
});

test('reduceLearningRateOnPlateau refuses options that make no sense', () => {
  const message = (options: PlateauOptions, expected: RegExp): void =>
    assert.throws(() => reduceLearningRateOnPlateau(options), { name: 'RangeError', message: expected });
  message({ factor: 1 }, /reduceLearningRateOnPlateau: factor must be between 0 and 1, got 1/);
  message({ factor: 0 }, /factor must be between 0 and 1, got 0/);
  message({ minLr: -1 }, /minLr must be 0 or more, got -1/);
  message({ patience: -1 }, /patience must be a whole number of epochs, 0 or more, got -1/);
  message({ cooldown: 1.5 }, /cooldown must be .* got 1.5/);
  message({ minDelta: -1 }, /minDelta must be 0 or more, got -1/);
});
