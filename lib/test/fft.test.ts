import assert from 'node:assert/strict';
import test from 'node:test';
import { RealFft } from '../audio/fft';
import { frameCount, hannWindow, inverseStft, stft } from '../audio/stft';
import { Random } from '../random';
import { largestDifference } from './golden-signals';

for (const length of [4, 8, 16, 32, 128, 512]) {
  test(`RealFft of ${length} samples equals the sum that defines it, and inverse undoes it`, () => {
    const fft = new RealFft(length);
    const random = new Random(length);
    const frame = Float64Array.from({ length }, () => random.normal());
    const [real, imaginary] = [new Float64Array(fft.bins), new Float64Array(fft.bins)];
    fft.forward(frame, real, imaginary);
    for (let k = 0; k < fft.bins; k++) {
      let [sumReal, sumImaginary] = [0, 0];
      for (let n = 0; n < length; n++) {
        sumReal += frame[n] * Math.cos((2 * Math.PI * k * n) / length);
        sumImaginary -= frame[n] * Math.sin((2 * Math.PI * k * n) / length);
      }
      assert.ok(Math.hypot(real[k] - sumReal, imaginary[k] - sumImaginary) < 1e-10, `bin ${k}`);
    }
    const back = new Float64Array(length);
    fft.inverse(real, imaginary, back);
    assert.ok(largestDifference(back, frame) < 1e-13);
  });
}

test('RealFft refuses lengths that are not powers of two', () => {
  for (const length of [0, 2, 6, 1000]) assert.throws(() => new RealFft(length), /must be a power of two from 4 up/);
});

test('inverseStft gives the signal back', () => {
  const random = new Random(1);
  for (const length of [2048, 10_000, 52_920]) {
    const samples = Float32Array.from({ length }, () => random.normal());
    const back = inverseStft(stft(samples), length);
    // Beyond the last whole hop only the tail of one window remains.
    const end = length - 1024;
    assert.ok(largestDifference(back.subarray(0, end), samples.subarray(0, end)) < 1e-5);
  }
});

test('stft has one frame per hop and the periodic Hann window', () => {
  assert.equal(frameCount(52_920), 104);
  assert.deepEqual(
    [...hannWindow(4)].map((x) => Math.round(x * 1000) / 1000),
    [0, 0.5, 1, 0.5],
  );
  assert.equal(stft(new Float32Array(1000), { fftLength: 256, hopLength: 100 }).frames, 11);
  assert.throws(() => stft(new Float32Array(0)), /must not be empty/);
});
