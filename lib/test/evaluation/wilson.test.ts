import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wilsonInterval } from '../../evaluation/wilson';

test('wilsonInterval equals the published intervals', () => {
  // Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3.
  for (const [successes, trials, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ]) {
    const interval = wilsonInterval(successes, trials);
    assert.equal(interval.estimate, successes / trials);
    assert.ok(Math.abs(interval.low - low) < 5e-5, `${successes} of ${trials}: ${interval.low}`);
    assert.ok(Math.abs(interval.high - high) < 5e-5, `${successes} of ${trials}: ${interval.high}`);
  }
});

test('wilsonInterval stays within 0 and 1, holds the estimate, and mirrors', () => {
  for (let trials = 1; trials <= 60; trials++) {
    for (let successes = 0; successes <= trials; successes++) {
      const { low, estimate, high } = wilsonInterval(successes, trials);
      assert.ok(0 <= low && low <= estimate && estimate <= high && high <= 1, `${successes} of ${trials}`);
      assert.ok(Math.abs(1 - high - wilsonInterval(trials - successes, trials).low) < 1e-12);
    }
  }
});

test('wilsonInterval refuses impossible counts', () => {
  assert.throws(() => wilsonInterval(0, 0), /trials must be a whole number from 1, got 0/);
  assert.throws(() => wilsonInterval(6, 5), /successes must be 0 to 5 \(trials\), got 6/);
  assert.throws(() => wilsonInterval(0.5, 5), RangeError);
});
