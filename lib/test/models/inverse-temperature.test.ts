import assert from 'node:assert/strict';
import test from 'node:test';
import { fitInverseTemperature, scaledSoftmax } from '../../models/inverse-temperature';
import { Random } from '../../random';

test('scaledSoftmax is the softmax of scores times inverse temperature, row by row', () => {
  const probabilities = scaledSoftmax(new Float32Array([0, Math.log(3), 1000, 1000]), 1, 2);
  [0.25, 0.75, 0.5, 0.5].forEach((expected, i) => {
    assert.ok(Math.abs(probabilities[i] - expected) < 1e-6);
  });
  const sharp = scaledSoftmax(new Float32Array([0, Math.log(3)]), 2, 2);
  assert.ok(Math.abs(sharp[1] - 0.9) < 1e-6);
});

test('fitInverseTemperature recovers the inverse temperature that labels were drawn with', () => {
  const random = new Random(3, 'sharpness test');
  const scores = Float32Array.from({ length: 3 * 4000 }, () => random.normal());
  for (const truth of [1, 4]) {
    const probabilities = scaledSoftmax(scores, truth, 3);
    const labels = Array.from({ length: 4000 }, (_, row) => {
      let left = random.uniform();
      let label = 0;
      while (label < 2 && left > probabilities[3 * row + label]) left -= probabilities[3 * row + label++];
      return label;
    });
    const found = fitInverseTemperature(scores, labels, 3);
    assert.ok(Math.abs(found / truth - 1) < 0.12, `${found} for ${truth}`);
  }
});

test('fitInverseTemperature refuses to choose without rows', () => {
  assert.throws(() => fitInverseTemperature(new Float32Array(0), [], 3), { name: 'RangeError', message: /got none/ });
});
