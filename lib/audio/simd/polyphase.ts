/** The resampler's dot products. */

/**
 * Resamples blocks of `down` samples into blocks of `up`, four blocks at once: out[block · up + phase] =
 * Σ bank[phase][tap] · samples[block · down + starts[phase] + tap].
 *
 * @param taps of every phase, a multiple of 4
 * @param blocks a multiple of 4
 */
export function polyphase(
  samples: usize,
  blocks: i32,
  up: i32,
  down: i32,
  taps: i32,
  bank: usize,
  starts: usize,
  out: usize,
): void {
  const stride = <usize>down << 2;
  const bytes = <usize>taps << 2;
  const row = <usize>up << 2;
  for (let block: i32 = 0; block < blocks; block += 4) {
    let weights = bank;
    let target = out;
    for (let phase: i32 = 0; phase < up; phase++) {
      let place = samples + (<usize>load<i32>(starts + (<usize>phase << 2)) << 2);
      let a = f32x4.splat(0);
      let b = f32x4.splat(0);
      let c = f32x4.splat(0);
      let d = f32x4.splat(0);
      const end = weights + bytes;
      for (; weights < end; weights += 16) {
        const w = v128.load(weights);
        a = f32x4.add(a, f32x4.mul(w, v128.load(place)));
        b = f32x4.add(b, f32x4.mul(w, v128.load(place + stride)));
        c = f32x4.add(c, f32x4.mul(w, v128.load(place + stride * 2)));
        d = f32x4.add(d, f32x4.mul(w, v128.load(place + stride * 3)));
        place += 16;
      }
      // Columns of the four rows, then their sum.
      const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
      const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
      const sums = f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
      v128.store_lane<f32>(target, sums, 0);
      v128.store_lane<f32>(target + row, sums, 1);
      v128.store_lane<f32>(target + row * 2, sums, 2);
      v128.store_lane<f32>(target + row * 3, sums, 3);
      target += 4;
    }
    samples += stride * 4;
    out += row * 4;
  }
}
