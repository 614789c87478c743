import assert from 'node:assert/strict';
import test from 'node:test';
import { fitFusion, fuse } from '../../models/recommended/fusion';

/** Probabilities of 90 rows: undecided unless `sure` holds, and wrong for every fifth row. */
function answers(sure: (row: number) => boolean): Float32Array {
  return Float32Array.from({ length: 270 }, (_, i) => {
    const row = Math.floor(i / 3);
    if (!sure(row)) return 1 / 3;
    const said = row % 5 === 0 ? row + 1 : row;
    return i % 3 === said % 3 ? 0.8 : 0.1;
  });
}
const labels = Array.from({ length: 90 }, (_, row) => row % 3);

test('fused probabilities are the weighted geometric mean', () => {
  const [first, second] = [Float32Array.of(0.5, 0.3, 0.2), Float32Array.of(0.2, 0.2, 0.6)];
  const fused = fuse(first, second, { weight: 0.25, sharpness: 2 }, 3);
  const powers = [0, 1, 2].map((i) => (first[i] ** 0.25 * second[i] ** 0.75) ** 2);
  const sum = powers.reduce((total, power) => total + power, 0);
  powers.forEach((power, i) => {
    assert.ok(Math.abs(fused[i] - power / sum) < 1e-6);
  });
});

test('complementary models both get weight', () => {
  const fusion = fitFusion(
    answers((row) => row < 45),
    answers((row) => row >= 45),
    labels,
    3,
  );
  assert.equal(fusion.weight, 0.5);
});

test('an uninformative model gets no weight, on either side', () => {
  const [all, none] = [answers(() => true), answers(() => false).map((_, i) => (i % 3 === 0 ? 0.6 : 0.2))];
  assert.ok(fitFusion(all, none, labels, 3).weight > 0.9);
  assert.ok(fitFusion(none, all, labels, 3).weight < 0.1);
});

test('models with different numbers of rows cannot be fused', () => {
  const fusion = { weight: 0.5, sharpness: 1 };
  assert.throws(() => fuse(new Float32Array(3), new Float32Array(6), fusion, 3), {
    name: 'RangeError',
    message: /got 3 and 6/,
  });
});
