import assert from 'node:assert/strict';
import test from 'node:test';
import type { Callback } from '../../training/callbacks/callback';
import { fit } from '../../training/fit';
import { cosineSchedule, oneCycleSchedule, scheduledLearningRate } from '../../training/schedule';
import { DummyTraining, epochOf, golden } from '../support/keras-golden';
import { toyData, toyModel } from '../support/toy-training';

/** Cases of the fixture with the options that the schedules have. */
const cases = golden.schedules.filter(({ description }) =>
  Object.keys(description).every((name) =>
    ['kind', 'learningRate', 'decaySteps', 'warmUpSteps', 'steps'].includes(name),
  ),
);

test("every schedule gives Keras's rates, and one-cycle PyTorch's, with warm-up and without", () => {
  assert.deepEqual(
    cases.map(({ description }) => description.kind),
    ['cosine', 'cosine', 'one-cycle'],
  );
  for (const { description, steps, rates } of cases) {
    const rateOf = description.kind === 'cosine' ? cosineSchedule(description) : oneCycleSchedule(description);
    steps.forEach((step, index) => {
      // Keras computes in single precision.
      const difference = Math.abs(rateOf(step) - rates[index]);
      const allowed = 1e-6 * description.learningRate;
      assert.ok(
        difference < allowed,
        `${JSON.stringify(description)}, step ${step}: ${rateOf(step)}, not ${rates[index]}`,
      );
    });
  }
});

test('past its end a schedule keeps its last rate', () => {
  const cosine = cosineSchedule({ learningRate: 1, decaySteps: 10, warmUpSteps: 5 });
  assert.equal(cosine(15), 0);
  assert.equal(cosine(1000), 0);
  const cycle = oneCycleSchedule({ learningRate: 1, steps: 20 });
  assert.ok(Math.abs(cycle(19) - 1 / 250_000) < 1e-12);
  assert.equal(cycle(1000), cycle(19));
});

test('a rise begins at its first rate, reaches the highest, and never passes it', () => {
  const warm = cosineSchedule({ learningRate: 0.1, decaySteps: 20, warmUpSteps: 10 });
  assert.equal(warm(0), 0);
  assert.ok(Math.abs(warm(5) - 0.05) < 1e-12);
  assert.equal(warm(10), 0.1);
  for (let steps = 4; steps < 60; steps++) {
    const rates = Array.from({ length: steps }, (_, step) => step).map(oneCycleSchedule({ learningRate: 1, steps }));
    assert.ok(Math.abs(rates[0] - 1 / 25) < 1e-12, `${steps} steps begin at ${rates[0]}`);
    assert.ok(Math.max(...rates) <= 1 && Math.min(...rates) > 0, `${steps} steps`);
  }
});

const rateOf = cosineSchedule({ learningRate: 0.01, decaySteps: 10, warmUpSteps: 2 });

test('every step is taken with the rate of its schedule, from the first on', async () => {
  const model = toyModel();
  const seen: number[] = [];
  const before: Callback = {
    name: 'before',
    // Called before the schedule sets the rate of the next step.
    onBatchEnd: ({ learningRate }) => void seen.push(learningRate),
    onEpochEnd() {},
  };
  const { epochs } = await fit(model, {
    ...{ train: toyData(60, 1), validation: toyData(30, 2), epochs: 3, batchSize: 16 },
    callbacks: [before, scheduledLearningRate(rateOf)],
  });
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
  const callback = scheduledLearningRate(rateOf);
  callback.onTrainBegin?.(training);
  assert.equal(training.learningRate, rateOf(7));
  training.step = 8;
  callback.onBatchEnd?.(training);
  assert.equal(training.learningRate, rateOf(8));
  void callback.onEpochEnd(epochOf(2, 1), training);
  assert.equal(training.learningRate, rateOf(8));
  training.model.dispose();
});
