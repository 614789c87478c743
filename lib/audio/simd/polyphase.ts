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
  for (let phase: i32 = 0; phase < up; phase++) {
    const weights = bank + <usize>phase * bytes;
    const start = samples + (<usize>load<i32>(starts + (<usize>phase << 2)) << 2);
    for (let block: i32 = 0; block < blocks; block += 4) {
      let place = start + <usize>block * stride;
      let a = f32x4.splat(0);
      let b = f32x4.splat(0);
      let c = f32x4.splat(0);
      let d = f32x4.splat(0);
      for (let tap: usize = 0; tap < bytes; tap += 16) {
        const w = v128.load(weights + tap);
        a = f32x4.add(a, f32x4.mul(w, v128.load(place)));
        b = f32x4.add(b, f32x4.mul(w, v128.load(place + stride)));
        c = f32x4.add(c, f32x4.mul(w, v128.load(place + stride * 2)));
        d = f32x4.add(d, f32x4.mul(w, v128.load(place + stride * 3)));
        place += 16;
      }
      const target = out + (<usize>phase << 2) + <usize>block * row;
      store<f32>(target, sum(a));
      store<f32>(target + row, sum(b));
      store<f32>(target + row * 2, sum(c));
      store<f32>(target + row * 3, sum(d));
    }
  }
}

function sum(lanes: v128): f32 {
  const left = f32x4.extract_lane(lanes, 0) + f32x4.extract_lane(lanes, 1);
  return left + (f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3));
}
