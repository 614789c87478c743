import assert from 'node:assert/strict';
import test from 'node:test';
import { meanOverFrames } from '../../features/matrix';
import { melSpectrogram, mfcc } from '../../features/mel/mfcc';
import { golden, goldenSignal, largestDifference, rebuild } from '../support/golden-signals';

for (const entry of golden.signals) {
  test(`mfcc of "${entry.name}" equals ${golden.tool} within 1e-3`, (context) => {
    const signal = rebuild(entry);
    assert.ok(largestDifference(signal.samples.subarray(0, 5), entry.first) < 1e-7, 'the sound is the same at first');
    assert.ok(largestDifference(signal.samples.subarray(-5), entry.last) < 1e-7, 'the sound is the same at last');
    const features = mfcc(signal);
    assert.deepEqual([features.frames, features.coefficients], [104, 20]);
    const difference = largestDifference(features.values, entry.mfcc.values);
    context.diagnostic(`largest difference ${difference.toExponential(1)}`);
    assert.ok(difference <= 1e-3, `largest difference ${difference}`);
  });
}

test('melSpectrogram equals librosa within one part in 10,000 of its maximum', () => {
  for (const name of ['chirp', 'speech']) {
    const entry = goldenSignal(name);
    assert.ok(entry.mel);
    const { bands, frames, values } = entry.mel;
    const { values: actual } = melSpectrogram(rebuild(entry));
    const picked = frames.flatMap((frame) => [...actual.subarray(frame * bands, (frame + 1) * bands)]);
    assert.ok(largestDifference(picked, values) <= 1e-4 * Math.max(...values), name);
  }
});

test('the mean of 40 coefficients over the frames equals librosa', () => {
  const entry = goldenSignal('speech');
  assert.ok(entry.mean40);
  assert.ok(largestDifference(meanOverFrames(mfcc(rebuild(entry), { coefficients: 40 })), entry.mean40) <= 1e-3);
});

test('mfcc refuses an empty signal and more coefficients than mel bands', () => {
  const signal = rebuild(goldenSignal('sines'));
  assert.throws(() => mfcc({ samples: new Float32Array(0), sampleRate: 22_050 }), /must not be empty/);
  assert.throws(() => mfcc(signal, { coefficients: 200 }), /coefficients must be 1 to 128 \(melBands\), got 200/);
});
