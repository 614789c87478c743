import assert from 'node:assert/strict';
import test from 'node:test';
import { type SpecAugmentOptions, specAugment, specAugmentBatch } from '../../features/mel/spec-augment';
import { Random } from '../../random';

const [frames, coefficients] = [50, 40];
const features = {
  frames,
  coefficients,
  values: Float32Array.from({ length: frames * coefficients }, (_, i) => 1 + i),
};

/** Which frames, and which coefficients, are masked throughout. */
function masked(options: SpecAugmentOptions, seed: number): { time: number[]; frequency: number[] } {
  const { values } = specAugment(features, new Random(seed), { fill: 0, ...options });
  const rows = Array.from({ length: frames }, (_, t) => t);
  const columns = Array.from({ length: coefficients }, (_, k) => k);
  return {
    time: rows.filter((t) => columns.every((k) => values[t * coefficients + k] === 0)),
    frequency: columns.filter((k) => rows.every((t) => values[t * coefficients + k] === 0)),
  };
}

test('a time mask hides whole neighbouring frames, a frequency mask whole neighbouring coefficients', () => {
  const seen = { time: new Set<number>(), frequency: new Set<number>() };
  for (let seed = 0; seed < 200; seed++) {
    const { time, frequency } = masked({ timeWidth: 6, frequencyWidth: 5 }, seed);
    assert.ok(time.length <= 6 && frequency.length <= 5);
    for (const places of [time, frequency]) {
      assert.equal(places.length === 0 ? 0 : places[places.length - 1] - places[0] + 1, places.length);
    }
    seen.time.add(time.length);
    seen.frequency.add(frequency.length);
  }
  assert.equal(seen.time.size, 7, 'every width from 0 to 6 is drawn');
  assert.equal(seen.frequency.size, 6, 'every width from 0 to 5 is drawn');
});

test('only what is masked changes, the input is untouched, and a seed repeats its masks', () => {
  const before = features.values.slice();
  const { values } = specAugment(features, new Random(3), { fill: -1, timeMasks: 2, frequencyMasks: 2 });
  values.forEach((value, i) => {
    assert.ok(value === -1 || value === before[i]);
  });
  assert.ok(values.includes(-1));
  assert.deepEqual(features.values, before);
  assert.deepEqual(specAugment(features, new Random(3), { fill: -1, timeMasks: 2, frequencyMasks: 2 }).values, values);
  assert.notDeepEqual(specAugment(features, new Random(4), { fill: -1 }).values, values);
});

test('masks are filled with the mean by default, and cover at most the chosen share of the frames', () => {
  const mean = (1 + frames * coefficients) / 2;
  for (let seed = 0; seed < 50; seed++) {
    const { values } = specAugment(features, new Random(seed), { timeWidth: 40, timeShare: 0.1, frequencyMasks: 0 });
    const changed = values.filter((value, i) => value !== features.values[i]);
    assert.ok(changed.every((value) => value === mean));
    assert.ok(changed.length <= 5 * coefficients);
  }
});

test('a batch masks every clip by itself, one after the other', () => {
  const batch = new Float32Array(2 * features.values.length);
  batch.set(features.values);
  batch.set(features.values, features.values.length);
  const random = new Random(7);
  const clips = [specAugment(features, random), specAugment(features, random)];
  assert.notDeepEqual(clips[0], clips[1]);
  const augmented = specAugmentBatch(batch, features, new Random(7));
  assert.deepEqual(augmented.subarray(0, features.values.length), clips[0].values);
  assert.deepEqual(augmented.subarray(features.values.length), clips[1].values);
});

test('specAugment refuses options out of their ranges and torn batches', () => {
  const random = new Random(1);
  assert.throws(() => specAugment(features, random, { timeMasks: -1 }), /timeMasks must be a whole number from 0 up/);
  assert.throws(() => specAugment(features, random, { timeShare: 2 }), /timeShare must be 0 to 1, got 2/);
  assert.throws(() => specAugmentBatch(new Float32Array(7), features, random), /multiple of 50 × 40, got 7/);
});
