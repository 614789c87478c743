import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { RealFft } from '../../audio/transform/fft';
import { frameCount, hannWindow, inverseStft, stft, type WindowShape } from '../../audio/transform/stft';
import { readJson } from '../../files';
import { Random } from '../../random';
import { fixtures, largestDifference } from '../support/golden-signals';

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
  test(`stft of frames of ${fftLength} samples equals RealFft`, () => {
    const random = new Random('short frames', fftLength);
    const samples = Float32Array.from({ length: 5 * fftLength }, () => random.normal());
    const { frames, bins, real, imaginary } = stft(samples, { fftLength, hopLength: fftLength, center: false });
    assert.equal(frames, 5);
    const window = hannWindow(fftLength);
    const [expectedReal, expectedImaginary] = [new Float64Array(bins), new Float64Array(bins)];
    for (let frame = 0; frame < frames; frame++) {
      const windowed = window.map((weight, n) => weight * samples[frame * fftLength + n]);
      new RealFft(fftLength).forward(windowed, expectedReal, expectedImaginary);
      assert.ok(largestDifference(real.subarray(frame * bins, (frame + 1) * bins), expectedReal) < 1e-12);
      assert.ok(largestDifference(imaginary.subarray(frame * bins, (frame + 1) * bins), expectedImaginary) < 1e-12);
    }
  });
}

/** What stft-golden.py wrote. */
interface StftGolden {
  n_fft: number;
  hop: number;
  cases: {
    center?: boolean;
    win_length?: number;
    window?: WindowShape;
    frames: number;
    spectra: { frame: number; real: number[]; imag: number[] }[];
    inverse: { start: number; values: number[] }[];
  }[];
}
const golden = readJson<StftGolden>(path.join(fixtures, 'stft-golden.json'));
const chirp = Float32Array.from({ length: 4000 }, (_, n) => 0.3 * Math.sin(0.05 * n) + 0.2 * Math.sin(0.0002 * n * n));

for (const { center, win_length: winLength, window, frames, spectra, inverse } of golden.cases) {
  const options = { center, winLength, window };
  test(`stft and inverseStft equal librosa's with ${JSON.stringify(options)}`, (context) => {
    const lengths = { ...options, fftLength: golden.n_fft, hopLength: golden.hop };
    const spectrum = stft(chirp, lengths);
    assert.equal(spectrum.frames, frames);
    let largest = 0;
    for (const { frame, real, imag } of spectra) {
      const [from, to] = [frame * spectrum.bins, (frame + 1) * spectrum.bins];
      largest = Math.max(largest, largestDifference(spectrum.real.subarray(from, to), real));
      largest = Math.max(largest, largestDifference(spectrum.imaginary.subarray(from, to), imag));
    }
    const back = inverseStft(spectrum, chirp.length, lengths);
    const sound = inverse.map(({ start, values }) => largestDifference(back.subarray(start, start + 100), values));
    context.diagnostic(
      `largest difference: spectra ${largest.toExponential(1)}, sound ${Math.max(...sound).toExponential(1)}`,
    );
    assert.ok(largest < 1e-5, `spectra differ by ${largest}`);
    assert.ok(Math.max(...sound) < 1e-6, `sounds differ by ${sound}`);
  });
}

test('stft refuses windows longer than a frame, unknown ones, and signals shorter than a frame without center', () => {
  assert.throws(() => stft(chirp, { winLength: 4096 }), /winLength must be a whole number from 1 to 2048/);
  assert.throws(
    () => stft(chirp, { window: 'kaiser' as WindowShape }),
    /window must be hann, hamming or ones, got kaiser/,
  );
  assert.throws(() => stft(chirp.subarray(0, 100), { center: false }), /must have 2048 samples \(fftLength\), got 100/);
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
