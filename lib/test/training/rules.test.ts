import assert from 'node:assert/strict';
import test from 'node:test';
import { fit } from '../../training/fit';
import { type TrainingRules, trainingRules } from '../../training/rules';
import { cosineSchedule, oneCycleSchedule } from '../../training/schedule';
import { DummyTraining, epochOf } from '../support/keras-golden';
import { toyData, toyModel } from '../support/toy-training';

const training = { learningRate: 0.01, steps: 40 };
const namesOf = (rules: TrainingRules): string[] => trainingRules(rules, training).callbacks.map(({ name }) => name);

test("without rules a training goes by the original's", () => {
  assert.deepEqual(namesOf({}), ['reduceLearningRateOnPlateau', 'earlyStopping']);
  const { optimizer, weightAverage, labelSmoothing, mixup } = trainingRules({}, training);
  assert.deepEqual([optimizer, weightAverage, labelSmoothing, mixup], [undefined, undefined, undefined, undefined]);
});

test('numbers of the rules reach the callbacks that they are for', async () => {
  const dummy = new DummyTraining();
  const { callbacks } = trainingRules({ factor: 0.5, plateauPatience: 1, patience: 3 }, training);
  for (const epoch of [1, 2, 3]) for (const callback of callbacks) await callback.onEpochEnd(epochOf(epoch, 1), dummy);
  assert.equal(dummy.learningRate, 0.01 / 4);
  assert.equal(dummy.stopped, undefined);
  for (const callback of callbacks) await callback.onEpochEnd(epochOf(4, 1), dummy);
  assert.equal(dummy.stopped, 'the validation loss did not fall for 3 epochs');
  dummy.model.dispose();
});

test('schedules begin low, reach the rate that was asked for, and end with the last step', () => {
  for (const [name, rateOf] of [
    ['cosine', cosineSchedule({ learningRate: 0.01, decaySteps: 38, warmUpSteps: 2 })],
    ['one-cycle', oneCycleSchedule({ learningRate: 0.01, steps: 40 })],
  ] as const) {
    const dummy = new DummyTraining();
    const [callback] = trainingRules({ schedule: name }, training).callbacks;
    callback.onTrainBegin?.(dummy);
    const rates = [dummy.learningRate];
    for (dummy.step = 1; dummy.step < 40; dummy.step++) {
      callback.onBatchEnd?.(dummy);
      rates.push(dummy.learningRate);
    }
    assert.deepEqual(rates, Array.from(rates.keys(), rateOf), name);
    // A peak between two steps is not quite reached.
    assert.ok(rates[0] < 0.001 && Math.max(...rates) > 0.0099 && rates[39] < 0.0001, `${name}: ${rates}`);
    dummy.model.dispose();
  }
  assert.deepEqual(namesOf({ schedule: 'constant' }), ['earlyStopping']);
});

test('a training with every rule set runs, however few its steps', async () => {
  for (const name of ['plateau', 'cosine', 'one-cycle', 'constant'] as const) {
    const model = toyModel();
    const rules: TrainingRules = {
      ...{ schedule: name, patience: 2, labelSmoothing: 0.1, mixup: 0.2, weightDecay: 0.01, clipNorm: 1 },
      weightAverage: 0.9,
    };
    const { epochs } = await fit(model, {
      ...{ train: toyData(20, 1), validation: toyData(10, 2), epochs: 2, learningRate: 0.01 },
      ...trainingRules(rules, { learningRate: 0.01, steps: 2 }),
    });
    assert.equal(epochs.length, 2, name);
    model.dispose();
  }
});

test('the optimiser gets decay and clipping only where they are asked for', () => {
  assert.deepEqual(trainingRules({ weightDecay: 0.1 }, training).optimizer, {
    weightDecay: 0.1,
    globalClipNorm: undefined,
  });
  assert.deepEqual(trainingRules({ clipNorm: 2 }, training).optimizer, { weightDecay: 0, globalClipNorm: 2 });
});

test('trainingRules refuses what it does not know', () => {
  const refuses = (rules: object, message: RegExp): void =>
    assert.throws(() => trainingRules(rules as TrainingRules, training), { name: 'RangeError', message });
  refuses({ mixUp: 1 }, /trainingRules: rules must be of schedule, .*weightAverage, got "mixUp"/);
  refuses({ schedule: 'linear' }, /schedule must be plateau, cosine, one-cycle or constant, got "linear"/);
  refuses({ patience: -1 }, /earlyStopping: patience must be .* got -1/);
  refuses({ factor: 2 }, /reduceLearningRateOnPlateau: factor must be between 0 and 1, got 2/);
});
