import assert from 'node:assert/strict';
import test from 'node:test';
import { addNoiseAt, speed } from '../../audio/effects/augment';
import { spectralCentroid } from '../../features/spectral/spectral';
import { Random } from '../../random';

const sine = {
  samples: Float32Array.from({ length: 22_050 }, (_, i) => 0.3 * Math.sin((2 * Math.PI * 1000 * i) / 22_050)),
  sampleRate: 22_050,
};

test('speed at 1.25 makes a sound shorter by a fifth and its tone higher by a quarter', () => {
  const before = sine.samples.slice();
  const faster = speed(sine, 1.25);
  assert.equal(faster.samples.length, 17_640);
  assert.equal(faster.sampleRate, 22_050);
  assert.ok(Math.abs(spectralCentroid(faster)[17] - 1250) < 2);
  assert.ok(Math.abs(spectralCentroid(speed(sine, 0.8))[17] - 800) < 2);
  assert.deepEqual(speed(sine, 1), sine);
  assert.deepEqual(sine.samples, before);
  assert.throws(() => speed(sine, 0), /rate must be above 0, got 0/);
});

test('addNoiseAt meets the ratio asked for, and a seed repeats its noise', () => {
  for (const decibels of [-5, 0, 20]) {
    const noisy = addNoiseAt(sine, new Random(1), decibels);
    let [signal, noise] = [0, 0];
    noisy.samples.forEach((sample, i) => {
      signal += sine.samples[i] ** 2;
      noise += (sample - sine.samples[i]) ** 2;
    });
    assert.ok(Math.abs(10 * Math.log10(signal / noise) - decibels) < 1e-4, `${decibels} dB`);
    assert.deepEqual(addNoiseAt(sine, new Random(1), decibels), noisy);
    assert.notDeepEqual(addNoiseAt(sine, new Random(2), decibels), noisy);
  }
});

test('addNoiseAt leaves silence silent and refuses ratios that are not numbers', () => {
  const silence = { samples: new Float32Array(100), sampleRate: 22_050 };
  assert.deepEqual(addNoiseAt(silence, new Random(1), 10), silence);
  assert.throws(() => addNoiseAt(sine, new Random(1), Number.NaN), /decibels must be finite, got NaN/);
});
