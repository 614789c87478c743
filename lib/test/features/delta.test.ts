import assert from 'node:assert/strict';
import test from 'node:test';
import { type DeltaMode, delta } from '../../features/summary/delta';
import { deviationOf, featureGolden, type GoldenFeature } from '../support/feature-golden';

const asMatrix = ({ frames, coefficients, values }: GoldenFeature) => ({
  frames,
  coefficients,
  values: Float32Array.from(values, (value) => value ?? Number.NaN),
});

for (const [name, cepstra] of Object.entries(featureGolden.cepstra)) {
  for (const [key, expected] of Object.entries(cepstra.delta)) {
    const [mode, width, order] = key.split(' ');
    test(`delta of "${name}", mode ${mode}, width ${width}, order ${order}, equals librosa within 1e-3`, (context) => {
      const options = { mode: mode as DeltaMode, width: Number(width), order: Number(order) };
      // Where a curve turns, its slope is near zero: a floor of 1e-4, with values up to some tens.
      const deviation = deviationOf(delta(asMatrix(cepstra.mfcc), options).values, expected, { floor: 1e-4 });
      context.diagnostic(deviation.text);
      assert.ok(deviation.relative <= 1e-3, deviation.text);
    });
  }
}

const parabola = {
  frames: 20,
  coefficients: 2,
  values: Float32Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 3 * (i >> 1) : (i >> 1) ** 2)),
};

test('the delta of a straight line is its slope, the second delta of x² is 2, in every frame', () => {
  const first = delta(parabola);
  const second = delta(parabola, { order: 2 });
  for (let frame = 0; frame < 20; frame++) {
    assert.ok(Math.abs(first.values[2 * frame] - 3) < 1e-5);
    assert.ok(Math.abs(second.values[2 * frame + 1] - 2) < 1e-4);
  }
});

test('delta refuses even widths, orders that the width cannot tell, and too few frames', () => {
  assert.throws(() => delta(parabola, { width: 4 }), /width must be an odd whole number from 3 up, got 4/);
  assert.throws(() => delta(parabola, { order: 9 }), /order must be a whole number from 1 to 8, got 9/);
  assert.throws(() => delta(parabola, { width: 21 }), /width must be at most 20 \(frames\) in mode interp, got 21/);
  assert.equal(delta(parabola, { width: 21, mode: 'nearest' }).frames, 20);
});
