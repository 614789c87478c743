import assert from 'node:assert/strict';
import test from 'node:test';
import { resample } from '../../audio/resample/resample';
import { mfcc } from '../../features/mel/mfcc';
import { golden, largestDifference, rebuild } from '../support/golden-signals';

const tone = (hertz: number, sampleRate: number, seconds = 1): Float32Array =>
  Float32Array.from({ length: sampleRate * seconds }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / sampleRate));

/** Root mean square of the middle, in decibels of a full sine. */
function decibels(samples: Float32Array): number {
  const middle = samples.subarray(Math.floor(samples.length * 0.2), Math.floor(samples.length * 0.8));
  return 10 * Math.log10((2 * middle.reduce((sum, x) => sum + x * x, 0)) / middle.length + 1e-30);
}

for (const [from, to] of [
  [48_000, 22_050],
  [44_100, 22_050],
  [16_000, 22_050],
  [8_000, 22_050],
  [44_101, 22_050],
  [47_999.9, 22_050.3],
  [22_050.3, 11_100.7],
]) {
  test(`resample from ${from} to ${to} Hz keeps tones to 0.91 of the lower Nyquist frequency within 0.01 dB`, () => {
    for (const share of [0.02, 0.3, 0.6, 0.91]) {
      const hertz = Math.round((share * Math.min(from, to)) / 2);
      const samples = tone(hertz, from);
      const actual = resample({ samples, sampleRate: from }, to).samples;
      const expected = tone(hertz, to, 2).subarray(0, actual.length);
      assert.equal(actual.length, Math.ceil((samples.length * to) / from));
      assert.ok(Math.abs(decibels(actual)) < 0.01, `${hertz} Hz: ${decibels(actual)} dB`);
      const [start, end] = [Math.floor(to * 0.2), Math.floor(to * 0.8)];
      assert.ok(largestDifference(actual.subarray(start, end), expected.subarray(start, end)) < 2e-3, `${hertz} Hz`);
    }
  });
}

test('resample to a lower rate silences what that rate cannot hold, by more than 110 dB', () => {
  for (const hertz of [11_026, 13_000, 20_000]) {
    const level = decibels(resample({ samples: tone(hertz, 48_000), sampleRate: 48_000 }, 22_050).samples);
    assert.ok(level < -110, `${hertz} Hz: ${level} dB`);
  }
});

test('resample of 48 kHz to 22,050 Hz gives the MFCCs of librosa within 0.05', (context) => {
  const { resampled } = golden.resampling;
  const signal = resample(rebuild(golden.resampling), resampled.sampleRate);
  assert.equal(signal.samples.length, resampled.samples);
  const { start, values } = resampled.segments[1];
  const waveform = largestDifference(signal.samples.subarray(start, start + values.length), values);
  const cepstrum = largestDifference(mfcc(signal).values, resampled.mfcc.values);
  context.diagnostic(`largest difference: samples ${waveform.toExponential(1)}, MFCC ${cepstrum.toExponential(1)}`);
  assert.ok(waveform < 1e-4, `samples differ by ${waveform}`);
  assert.ok(cepstrum < 0.05, `MFCCs differ by ${cepstrum}`);
});

test('resample leaves no seam where it works on a long recording in parts', () => {
  for (const [from, to] of [
    [48_000, 22_050],
    [22_050, 48_000],
    [36_000, 22_050],
    [22_050.3, 36_000.7],
  ]) {
    const seconds = 15;
    const actual = resample({ samples: tone(440, from, seconds), sampleRate: from }, to).samples;
    const expected = tone(440, to, seconds);
    const [start, end] = [to * 0.1, to * (seconds - 0.1)].map(Math.floor);
    const difference = largestDifference(actual.subarray(start, end), expected.subarray(start, end));
    assert.ok(difference < 2e-6, `${from} to ${to} Hz: ${difference}`);
  }
});

test('resample returns as many samples as librosa, and the same signal at the same rate', () => {
  const samples = new Float32Array(1000);
  assert.equal(resample({ samples, sampleRate: 48_000 }, 22_050).samples.length, Math.ceil((1000 * 22_050) / 48_000));
  assert.equal(resample({ samples, sampleRate: 22_050 }, 22_050).samples, samples);
  assert.throws(() => resample({ samples, sampleRate: 0 }, 22_050), /rates must be above 0, got 0/);
});
