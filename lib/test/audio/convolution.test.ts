import assert from 'node:assert/strict';
import test from 'node:test';
import { convolution } from '../../audio/resample/convolution';
import { floatsAt, withScratch } from '../../audio/simd';
import { Random } from '../../random';

for (const [reach, count] of [
  [0, 10],
  [1, 1000],
  [37, 3000],
  [220, 30_000],
  [500, 5000],
]) {
  test(`convolve with a filter of ${2 * reach + 1} weights equals the sum of products, for ${count} samples`, () => {
    const random = new Random('convolve', reach);
    const half = Float64Array.from({ length: reach + 1 }, (_, i) => random.uniform(-1, 1) / (1 + i));
    const margin = reach + 4;
    const samples = Float32Array.from({ length: count + 2 * margin }, () => random.uniform(-1, 1));
    const filter = convolution(half)((first, length, scratch) => {
      const place = scratch.floats(length);
      floatsAt(place, length).set(samples.subarray(margin + first, margin + first + length));
      return place;
    });
    const actual = withScratch((scratch) => floatsAt(filter(0, count, scratch), count).slice());
    let [sound, error] = [0, 0];
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let k = -reach; k <= reach; k++) sum += half[Math.abs(k)] * samples[i + margin + k];
      sound += sum ** 2;
      error += (actual[i] - sum) ** 2;
    }
    assert.ok(error < 1e-13 * sound, `${10 * Math.log10(sound / error)} dB`);
  });
}
