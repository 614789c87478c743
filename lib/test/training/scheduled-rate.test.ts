import assert from 'node:assert/strict';
import test from 'node:test';
import type { Callback } from '../../training/callbacks/callback';
import { scheduledLearningRate } from '../../training/callbacks/scheduled-rate';
import { fit } from '../../training/fit';
import { type ScheduleDescription, schedule } from '../../training/schedule';
import { DummyTraining, epochOf } from '../support/keras-golden';
import { toyData, toyModel } from '../support/toy-training';

const description: ScheduleDescription = { kind: 'cosine', learningRate: 0.01, decaySteps: 10, warmUpSteps: 2 };

test('every step is taken with the rate of its schedule, from the first on', async () => {
  const model = toyModel();
  const seen: number[] = [];
  const before: Callback = {
    name: 'before',
    // Called before the schedule sets the rate of the next step.
    onBatchEnd: (_, { learningRate }) => void seen.push(learningRate),
    onEpochEnd() {},
  };
  const { epochs } = await fit(model, {
    ...{ train: toyData(60, 1), validation: toyData(30, 2), epochs: 3, batchSize: 16 },
    callbacks: [before, scheduledLearningRate(description)],
  });
  const rateOf = schedule(description);
  assert.deepEqual(
    seen,
    Array.from({ length: 12 }, (_, step) => rateOf(step)),
  );
  assert.deepEqual(
    epochs.map(({ learningRate }) => learningRate),
    [3, 7, 11].map(rateOf),
  );
  model.dispose();
});

test('a resumed training goes on where the schedule stands', () => {
  const training = new DummyTraining();
  training.step = 7;
  const callback = scheduledLearningRate(description);
  callback.onTrainBegin?.(training);
  assert.equal(training.learningRate, schedule(description)(7));
  training.step = 8;
  callback.onBatchEnd?.({ epoch: 2, batch: 4, loss: 1 }, training);
  assert.equal(training.learningRate, schedule(description)(8));
  void callback.onEpochEnd(epochOf(2, 1), training);
  assert.equal(training.learningRate, schedule(description)(8));
  training.model.dispose();
});

test('scheduledLearningRate refuses an unsound description before a training begins', () => {
  assert.throws(() => scheduledLearningRate({ ...description, learningRate: -1 }), {
    name: 'RangeError',
    message: /schedule: learningRate must be above 0, got -1/,
  });
});
