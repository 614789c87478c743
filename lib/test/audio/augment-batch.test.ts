import assert from 'node:assert/strict';
import test from 'node:test';
import { addNoise, pitch, shift, stretch } from '../../audio/effects/augment';
import { type Augmentation, augment, augmentBatch } from '../../audio/effects/augment-batch';
import type { Signal } from '../../audio/signal';
import { Random } from '../../random';

const signals = [9, 11, 13, 17, 23].map((period): Signal => {
  return { samples: Float32Array.from({ length: 6000 }, (_, i) => 0.2 * Math.sin(i / period)), sampleRate: 22_050 };
});
const steps: Augmentation[] = [
  { name: 'shift', most: 500 },
  { name: 'stretch', rate: 0.9 },
  { name: 'addNoise', amplitude: 0.1 },
];

test('augment applies the functions of those names, one after the other, with one stream of chance', () => {
  const random = new Random(3);
  const expected = addNoise(stretch(shift(signals[0], random, 500), 0.9), random, 0.1);
  assert.deepEqual(augment(signals[0], steps, new Random(3)), expected);
  assert.deepEqual(augment(signals[0], [{ name: 'pitch' }], random), pitch(signals[0]));
  for (const step of [{ name: 'addNoiseAt', decibels: 10 } as const, { name: 'speed', rate: 1.1 } as const]) {
    assert.notDeepEqual(augment(signals[0], [step], random), signals[0]);
  }
});

test('augmentBatch keeps the order, repeats with its seed on any number of threads, and gives each its own chance', async () => {
  const [one, two] = await Promise.all([
    augmentBatch(signals, steps, { seed: 5, threads: 1 }),
    augmentBatch(signals, steps, { seed: 5, threads: 2 }),
  ]);
  assert.deepEqual(one, two);
  for (const [place, signal] of signals.entries()) {
    assert.deepEqual(one[place], augment(signal, steps, new Random(5, 'augmentBatch', place)));
  }
  assert.notDeepEqual(await augmentBatch(signals, steps, { seed: 6 }), one);
  const [first, second] = await augmentBatch([signals[0], signals[0]], steps);
  assert.notDeepEqual(first, second);
});

test('augmentBatch leaves its input alone, and fails as the function that fails', async () => {
  const before = signals.map(({ samples }) => samples.slice());
  const copies = await augmentBatch(signals, []);
  copies[0].samples[0] = 7;
  assert.deepEqual(
    signals.map(({ samples }) => samples),
    before,
  );
  await assert.rejects(augmentBatch(signals, [{ name: 'stretch', rate: 0 }]), {
    name: 'RangeError',
    message: 'stretch: rate must be above 0, got 0',
  });
});
