import assert from 'node:assert/strict';
import test from 'node:test';
import { MODULATION_BANDS, modulationSpectrum } from '../../models/utterance/spectrogram-statistics';

/** Levels of two bands; the first goes up and down at a rate in hertz. */
function levels(rate: number, frames = 240): Parameters<typeof modulationSpectrum>[0] {
  const values = Float32Array.from({ length: frames * 2 }, (_, i) =>
    i % 2 === 0 ? 6 * Math.sin((2 * Math.PI * rate * (i / 2)) / 80) : -40,
  );
  return { frames, coefficients: 2, values };
}

test('a level that goes up and down shows in the range of its rate', () => {
  for (const [rate, expected] of [
    [1.5, 0],
    [3, 1],
    [5, 2],
    [7.5, 3],
    [11, 4],
    [16, 5],
    [25, 6],
  ]) {
    const spectrum = modulationSpectrum(levels(rate), 80);
    const powers = MODULATION_BANDS.map((_, range) => spectrum[range * 2]);
    assert.equal(powers.indexOf(Math.max(...powers)), expected, `${rate} Hz`);
  }
});

test('a level that stays has the logarithm of the small number, whatever it is', () => {
  const spectrum = modulationSpectrum(levels(5), 80);
  MODULATION_BANDS.forEach((_, range) => {
    assert.ok(Math.abs(spectrum[range * 2 + 1] - Math.log(1e-3)) < 1e-6);
  });
});

test('an utterance longer than the transform is cut, a short one is measured', () => {
  assert.deepEqual(modulationSpectrum(levels(5, 900), 80), modulationSpectrum(levels(5, 512), 80));
  assert.ok(modulationSpectrum(levels(5, 1), 80).every(Number.isFinite));
});
