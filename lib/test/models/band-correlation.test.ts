import assert from 'node:assert/strict';
import test from 'node:test';
import { bandCorrelation } from '../../models/utterance/spectrogram-statistics';

test('bands that rise together correlate by 1, against each other by −1, and with a constant by 0', () => {
  const frames = 50;
  const values = Float32Array.from({ length: frames * 4 }, (_, i) => {
    const rise = Math.sin(Math.floor(i / 4) / 3);
    return [rise, 5 * rise - 2, -rise, 7][i % 4];
  });
  const pairs = [...bandCorrelation({ frames, coefficients: 4, values })];
  const expected = [1, -1, 0, -1, 0, 0]; // 0-1, 0-2, 0-3, 1-2, 1-3, 2-3
  pairs.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]) < 1e-5, `${i}: ${value}`);
  });
  assert.equal(pairs.length, 6);
});

test("it is Pearson's coefficient", () => {
  const [x, y] = [
    [1, 2, 4, 8],
    [3, 1, 4, 1],
  ];
  const values = Float32Array.from(x.flatMap((value, i) => [value, y[i]]));
  // Σ(x−x̄)(y−ȳ) / √(Σ(x−x̄)² Σ(y−ȳ)²) = −4.75 / √(28.75 · 6.75)
  const [found] = bandCorrelation({ frames: 4, coefficients: 2, values });
  assert.ok(Math.abs(found - -4.75 / Math.sqrt(28.75 * 6.75)) < 1e-6);
});

test('nothing correlates in one frame', () => {
  assert.deepEqual([...bandCorrelation({ frames: 1, coefficients: 2, values: new Float32Array([1, 2]) })], [0]);
});
