import assert from 'node:assert/strict';
import test from 'node:test';
import { RealFft } from '../../audio/transform/fft';
import { hannWindow } from '../../audio/transform/frame-transform';
import { forEachSpectrum, frameCount } from '../../audio/transform/stft';
import { Random } from '../../random';
import { largestDifference } from '../support/golden-signals';

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

for (const fftLength of [4, 8, 16, 64]) {
  test(`forEachSpectrum of frames of ${fftLength} samples equals RealFft`, () => {
    const random = new Random('short frames', fftLength);
    const samples = Float32Array.from({ length: 5 * fftLength }, () => random.normal());
    const window = hannWindow(fftLength);
    const fft = new RealFft(fftLength);
    const [expectedReal, expectedImaginary] = [new Float64Array(fft.bins), new Float64Array(fft.bins)];
    let frames = 0;
    forEachSpectrum(samples, { fftLength, hopLength: fftLength }, (frame, real, imaginary) => {
      assert.equal(frame, frames++);
      const start = frame * fftLength - fftLength / 2;
      fft.forward(
        window.map((weight, n) => weight * (samples[start + n] ?? 0)),
        expectedReal,
        expectedImaginary,
      );
      assert.ok(largestDifference(real, expectedReal) < 1e-12);
      assert.ok(largestDifference(imaginary, expectedImaginary) < 1e-12);
    });
    assert.equal(frames, 6);
  });
}

test('forEachSpectrum has one frame per hop and the periodic Hann window', () => {
  assert.equal(frameCount(52_920), 104);
  assert.deepEqual(
    [...hannWindow(4)].map((x) => Math.round(x * 1000) / 1000),
    [0, 0.5, 1, 0.5],
  );
  let frames = 0;
  forEachSpectrum(new Float32Array(1000), { fftLength: 256, hopLength: 100 }, () => frames++);
  assert.equal(frames, 11);
  assert.throws(() => forEachSpectrum(new Float32Array(0), {}, () => {}), /must not be empty/);
});
