import assert from 'node:assert/strict';
import test from 'node:test';
import { type ScheduleDescription, schedule } from '../../training/schedule';
import { golden } from '../support/keras-golden';

test("every schedule gives Keras's rates, and one-cycle PyTorch's, with warm-up and without", () => {
  const kinds = new Set(golden.schedules.map(({ description }) => description.kind));
  assert.deepEqual([...kinds].sort(), ['cosine', 'exponential', 'one-cycle']);
  for (const { description, steps, rates } of golden.schedules) {
    const rateOf = schedule(description);
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

test('a constant rate stays, and past its end a schedule keeps its last rate', () => {
  assert.deepEqual([0, 1, 1e6].map(schedule({ kind: 'constant', learningRate: 0.02 })), [0.02, 0.02, 0.02]);
  const cosine = schedule({ kind: 'cosine', learningRate: 1, decaySteps: 10, warmUpSteps: 5, alpha: 0.25 });
  assert.equal(cosine(15), 0.25);
  assert.equal(cosine(1000), 0.25);
  const cycle = schedule({ kind: 'one-cycle', learningRate: 1, steps: 20, divisor: 10, finalDivisor: 10 });
  assert.ok(Math.abs(cycle(19) - 0.01) < 1e-12);
  assert.equal(cycle(1000), cycle(19));
});

test('a rise begins at its first rate, reaches the highest, and never passes it', () => {
  const warm = schedule({ kind: 'cosine', learningRate: 0.1, decaySteps: 20, warmUpSteps: 10, warmUpFrom: 0.02 });
  assert.equal(warm(0), 0.02);
  assert.ok(Math.abs(warm(5) - 0.06) < 1e-12);
  assert.equal(warm(10), 0.1);
  for (let steps = 4; steps < 60; steps++) {
    const rates = Array.from({ length: steps }, (_, step) => step).map(
      schedule({ kind: 'one-cycle', learningRate: 1, steps }),
    );
    assert.ok(Math.abs(rates[0] - 1 / 25) < 1e-12, `${steps} steps begin at ${rates[0]}`);
    assert.ok(Math.max(...rates) <= 1 && Math.min(...rates) > 0, `${steps} steps`);
  }
});

test('schedule refuses numbers that make no sense', () => {
  const refuses = (description: object, message: RegExp): void =>
    assert.throws(() => schedule(description as ScheduleDescription), { name: 'RangeError', message });
  refuses({ kind: 'constant', learningRate: 0 }, /schedule: learningRate must be above 0, got 0/);
  refuses({ kind: 'step', learningRate: 1 }, /kind must be constant, cosine, one-cycle or exponential, got "step"/);
  const cosine = { kind: 'cosine', learningRate: 1, decaySteps: 10 };
  refuses({ ...cosine, decaySteps: 0 }, /decaySteps must be a whole number, 1 or more, got 0/);
  refuses({ ...cosine, warmUpSteps: 1.5 }, /warmUpSteps must be a whole number, 0 or more, got 1.5/);
  refuses({ ...cosine, warmUpFrom: -1 }, /warmUpFrom must be 0 or more, got -1/);
  refuses({ ...cosine, alpha: 2 }, /alpha must be 0 to 1, got 2/);
  const cycle = { kind: 'one-cycle', learningRate: 1, steps: 40 };
  refuses({ ...cycle, steps: 1 }, /steps must be a whole number, 2 or more, got 1/);
  refuses({ ...cycle, risingShare: 1 }, /risingShare must be between 0 and 1, got 1/);
  refuses({ ...cycle, risingShare: 0.02 }, /risingShare must be more than one step, got 0.02/);
  refuses({ ...cycle, divisor: 0.5 }, /divisor must be 1 or more, got 0.5/);
  refuses({ ...cycle, finalDivisor: 0 }, /finalDivisor must be 1 or more, got 0/);
  const exponential = { kind: 'exponential', learningRate: 1, decaySteps: 10, decayRate: 0.9 };
  refuses({ ...exponential, decayRate: 0 }, /decayRate must be above 0, got 0/);
  refuses({ ...exponential, decaySteps: -1 }, /decaySteps must be a whole number, 1 or more, got -1/);
});
