import assert from 'node:assert/strict';
import test from 'node:test';
import { addNoise, pitch, shift, stretch } from '../../audio/effects/augment';
import type { Signal } from '../../audio/signal';
import { mfcc } from '../../features/mel/mfcc';
import { Random } from '../../random';
import { goldenSignal, largestDifference, rebuild } from '../support/golden-signals';

for (const name of ['chirp', 'speech']) {
  const entry = goldenSignal(name);
  const cases: [string, (signal: Signal) => Signal, typeof entry.pitch | typeof entry.stretch][] = [
    ['pitch', (signal) => pitch(signal, 0.7), entry.pitch],
    ['stretch', (signal) => stretch(signal, 0.85), entry.stretch],
  ];
  for (const [effect, apply, expected] of cases) {
    test(`${effect} of "${name}" equals librosa's samples within 2e-3 and its mean MFCC within 0.05`, (context) => {
      assert.ok(expected);
      const signal = apply(rebuild(entry));
      assert.equal(signal.samples.length, expected.samples);
      for (const { start, values } of expected.segments) {
        const difference = largestDifference(signal.samples.subarray(start, start + values.length), values);
        context.diagnostic(`samples from ${start}: largest difference ${difference.toExponential(1)}`);
        assert.ok(difference <= 2e-3, `samples from ${start}: ${difference}`);
      }
      const features = mfcc(signal);
      const total = features.values.reduce((sum, x, i) => sum + Math.abs(x - expected.mfcc.values[i]), 0);
      context.diagnostic(`MFCC: mean difference ${(total / features.values.length).toExponential(1)}`);
      assert.ok(total / features.values.length <= 0.05, `MFCC: ${total / features.values.length}`);
    });
  }
}

const quiet: Signal = {
  samples: Float32Array.from({ length: 4000 }, (_, i) => 0.2 * Math.sin(i / 9)),
  sampleRate: 22_050,
};

test('no augmentation touches its input', () => {
  const before = quiet.samples.slice();
  for (const apply of [addNoise, shift]) apply(quiet, new Random(1));
  for (const apply of [pitch, stretch]) apply(quiet);
  assert.deepEqual(quiet.samples, before);
});

test('addNoise adds at most 3.5 % of the maximum as standard deviation, the same for the same seed', () => {
  const noisy = addNoise(quiet, new Random(3));
  const deviation = Math.sqrt(
    noisy.samples.reduce((sum, x, i) => sum + (x - quiet.samples[i]) ** 2, 0) / quiet.samples.length,
  );
  assert.ok(deviation > 0 && deviation < 0.035 * 0.2 * 1.1, `deviation ${deviation}`);
  assert.deepEqual(addNoise(quiet, new Random(3)), noisy);
  assert.notDeepEqual(addNoise(quiet, new Random(4)), noisy);
});

test('shift rolls every sample by one and the same offset', () => {
  const rolled = shift(quiet, new Random(5), 1000).samples;
  const offset = new Random(5).integer(-1000, 1000);
  assert.notEqual(offset, 0);
  const { length } = rolled;
  for (let i = 0; i < length; i++) assert.equal(rolled[(i + offset + length) % length], quiet.samples[i]);
});

test('stretch makes the signal 1 / rate times as long and pitch keeps its length', () => {
  assert.equal(stretch(quiet, 0.85).samples.length, Math.round(4000 / 0.85));
  assert.equal(pitch(quiet).samples.length, 4000);
  assert.throws(() => stretch(quiet, 0), /rate must be above 0, got 0/);
});
