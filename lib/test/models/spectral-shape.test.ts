import assert from 'node:assert/strict';
import test from 'node:test';
import type { FeatureMatrix } from '../../features/mel/mfcc';
import { spectralShape } from '../../models/utterance/spectrogram-statistics';

/** [frames × bands] by a formula of the share of time and of bands, both from 0 to 1. */
function surface(frames: number, bands: number, height: (time: number, band: number) => number): FeatureMatrix {
  const values = Float32Array.from({ length: frames * bands }, (_, i) =>
    height(Math.floor(i / bands) / (frames - 1), ((i % bands) + 0.5) / bands),
  );
  return { frames, coefficients: bands, values };
}

test('a flat spectrogram has one coefficient, its height times the root of the number of places', () => {
  const shape = spectralShape(surface(30, 16, () => -3));
  assert.ok(Math.abs(shape[0] - -3 * Math.sqrt(64 * 16)) < 1e-3);
  assert.ok(shape.slice(1).every((value) => Math.abs(value) < 1e-4));
});

test('a cosine along the bands shows in its own coefficient alone', () => {
  const shape = spectralShape(surface(30, 32, (_, band) => Math.cos(3 * Math.PI * band)));
  const loudest = shape.reduce((best, value, i) => (Math.abs(value) > Math.abs(shape[best]) ? i : best), 0);
  assert.equal(loudest, 3);
  shape.forEach((value, i) => {
    assert.ok(i === 3 || Math.abs(value) < 1e-3, `${i}: ${value}`);
  });
});

test('the same course at another pace has nearly the same shape', () => {
  const course = (time: number, band: number): number => 10 * Math.sin(4 * time + 2 * band) - 20 * time * band;
  const [slow, fast] = [200, 80].map((frames) => spectralShape(surface(frames, 64, course)));
  const scale = Math.max(...slow.map(Math.abs));
  slow.forEach((value, i) => {
    assert.ok(Math.abs(value - fast[i]) < 1e-3 * scale, `${i}: ${value} and ${fast[i]}`);
  });
});

test('one frame is a course too', () => {
  assert.ok(
    spectralShape({ frames: 1, coefficients: 16, values: new Float32Array(16).fill(1) }).every(Number.isFinite),
  );
});
