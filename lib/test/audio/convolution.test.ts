import assert from 'node:assert/strict';
import test from 'node:test';
import { convolution, convolve } from '../../audio/resample/convolution';
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
    const filter = convolution(half);
    const samples = Float32Array.from({ length: count + 2 * filter.skip }, () => random.uniform(-1, 1));
    const actual = withScratch((scratch) => {
      const read = (length: number): number => {
        const place = scratch.floats(length);
        floatsAt(place, length).set(samples.subarray(0, length));
        return place;
      };
      return floatsAt(convolve(filter, count, scratch, read), count).slice();
    });
    let [sound, error] = [0, 0];
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let k = -reach; k <= reach; k++) sum += half[Math.abs(k)] * samples[i + filter.skip + k];
      sound += sum ** 2;
      error += (actual[i] - sum) ** 2;
    }
    assert.ok(error < 1e-13 * sound, `${10 * Math.log10(sound / error)} dB`);
  });
}
