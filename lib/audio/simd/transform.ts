/** The Fourier transform of real frames, as many at once as there are lanes. */

/*
 * Radix-4 stages of the transform, in place, over `count` complex values of each lane. The order is bit-reversed on the
 * one side: `join` takes spectra of every fourth value, which stand in the four quarters of each group of 4 · `size`
 * values, to the spectrum of all (decimation in time); `split` goes the other way (decimation in frequency). The second
 * quarter has every fourth value from 2 on, the third from 1 on, the fourth from 3 on.
 *
 * cosines and sines hold cos and −sin of a turn in `turn` steps, three quarters of them.
 */

/** From four spectra to one. */
export function join<T>(turn: i32, count: i32, size: i32, cosines: usize, sines: usize, re: usize, im: usize): void {
  const step = turn / (4 * size);
  const span = <usize>size << 4;
  const group = span << 2;
  const end = re + (<usize>count << 4);
  const distance = im - re;
  for (let a = re; a < end; a += group) {
    const b = a + span;
    const c = b + span;
    const d = c + span;
    const x0 = v128.load(a);
    const y0 = v128.load(a + distance);
    const x1 = v128.load(b);
    const y1 = v128.load(b + distance);
    const x2 = v128.load(c);
    const y2 = v128.load(c + distance);
    const x3 = v128.load(d);
    const y3 = v128.load(d + distance);
    const p0 = v128.add<T>(x0, x1);
    const q0 = v128.add<T>(y0, y1);
    const p1 = v128.sub<T>(x0, x1);
    const q1 = v128.sub<T>(y0, y1);
    const p2 = v128.add<T>(x2, x3);
    const q2 = v128.add<T>(y2, y3);
    const p3 = v128.sub<T>(y2, y3);
    const q3 = v128.sub<T>(x3, x2);
    v128.store(a, v128.add<T>(p0, p2));
    v128.store(a + distance, v128.add<T>(q0, q2));
    v128.store(b, v128.add<T>(p1, p3));
    v128.store(b + distance, v128.add<T>(q1, q3));
    v128.store(c, v128.sub<T>(p0, p2));
    v128.store(c + distance, v128.sub<T>(q0, q2));
    v128.store(d, v128.sub<T>(p1, p3));
    v128.store(d + distance, v128.sub<T>(q1, q3));
  }
  for (let k: i32 = 1; k < size; k++) {
    const first = <usize>(k * step) * sizeof<T>();
    const c1 = v128.load_splat<T>(cosines + first);
    const s1 = v128.load_splat<T>(sines + first);
    const c2 = v128.load_splat<T>(cosines + first * 2);
    const s2 = v128.load_splat<T>(sines + first * 2);
    const c3 = v128.load_splat<T>(cosines + first * 3);
    const s3 = v128.load_splat<T>(sines + first * 3);
    for (let a = re + (<usize>k << 4); a < end; a += group) {
      const b = a + span;
      const c = b + span;
      const d = c + span;
      const xb = v128.load(b);
      const yb = v128.load(b + distance);
      const xc = v128.load(c);
      const yc = v128.load(c + distance);
      const xd = v128.load(d);
      const yd = v128.load(d + distance);
      const x1 = v128.sub<T>(v128.mul<T>(xb, c2), v128.mul<T>(yb, s2));
      const y1 = v128.add<T>(v128.mul<T>(xb, s2), v128.mul<T>(yb, c2));
      const x2 = v128.sub<T>(v128.mul<T>(xc, c1), v128.mul<T>(yc, s1));
      const y2 = v128.add<T>(v128.mul<T>(xc, s1), v128.mul<T>(yc, c1));
      const x3 = v128.sub<T>(v128.mul<T>(xd, c3), v128.mul<T>(yd, s3));
      const y3 = v128.add<T>(v128.mul<T>(xd, s3), v128.mul<T>(yd, c3));
      const x0 = v128.load(a);
      const y0 = v128.load(a + distance);
      const p0 = v128.add<T>(x0, x1);
      const q0 = v128.add<T>(y0, y1);
      const p1 = v128.sub<T>(x0, x1);
      const q1 = v128.sub<T>(y0, y1);
      const p2 = v128.add<T>(x2, x3);
      const q2 = v128.add<T>(y2, y3);
      const p3 = v128.sub<T>(y2, y3);
      const q3 = v128.sub<T>(x3, x2);
      v128.store(a, v128.add<T>(p0, p2));
      v128.store(a + distance, v128.add<T>(q0, q2));
      v128.store(b, v128.add<T>(p1, p3));
      v128.store(b + distance, v128.add<T>(q1, q3));
      v128.store(c, v128.sub<T>(p0, p2));
      v128.store(c + distance, v128.sub<T>(q0, q2));
      v128.store(d, v128.sub<T>(p1, p3));
      v128.store(d + distance, v128.sub<T>(q1, q3));
    }
  }
}

/** From one spectrum to four. */
export function split<T>(turn: i32, count: i32, size: i32, cosines: usize, sines: usize, re: usize, im: usize): void {
  const step = turn / (4 * size);
  const span = <usize>size << 4;
  const group = span << 2;
  const end = re + (<usize>count << 4);
  const distance = im - re;
  for (let a = re; a < end; a += group) {
    const b = a + span;
    const c = b + span;
    const d = c + span;
    const x0 = v128.load(a);
    const y0 = v128.load(a + distance);
    const x1 = v128.load(b);
    const y1 = v128.load(b + distance);
    const x2 = v128.load(c);
    const y2 = v128.load(c + distance);
    const x3 = v128.load(d);
    const y3 = v128.load(d + distance);
    const p0 = v128.add<T>(x0, x2);
    const q0 = v128.add<T>(y0, y2);
    const p1 = v128.sub<T>(x0, x2);
    const q1 = v128.sub<T>(y0, y2);
    const p2 = v128.add<T>(x1, x3);
    const q2 = v128.add<T>(y1, y3);
    const p3 = v128.sub<T>(y1, y3);
    const q3 = v128.sub<T>(x3, x1);
    v128.store(a, v128.add<T>(p0, p2));
    v128.store(a + distance, v128.add<T>(q0, q2));
    v128.store(b, v128.sub<T>(p0, p2));
    v128.store(b + distance, v128.sub<T>(q0, q2));
    v128.store(c, v128.add<T>(p1, p3));
    v128.store(c + distance, v128.add<T>(q1, q3));
    v128.store(d, v128.sub<T>(p1, p3));
    v128.store(d + distance, v128.sub<T>(q1, q3));
  }
  for (let k: i32 = 1; k < size; k++) {
    const first = <usize>(k * step) * sizeof<T>();
    const c1 = v128.load_splat<T>(cosines + first);
    const s1 = v128.load_splat<T>(sines + first);
    const c2 = v128.load_splat<T>(cosines + first * 2);
    const s2 = v128.load_splat<T>(sines + first * 2);
    const c3 = v128.load_splat<T>(cosines + first * 3);
    const s3 = v128.load_splat<T>(sines + first * 3);
    for (let a = re + (<usize>k << 4); a < end; a += group) {
      const b = a + span;
      const c = b + span;
      const d = c + span;
      const x0 = v128.load(a);
      const y0 = v128.load(a + distance);
      const x1 = v128.load(b);
      const y1 = v128.load(b + distance);
      const x2 = v128.load(c);
      const y2 = v128.load(c + distance);
      const x3 = v128.load(d);
      const y3 = v128.load(d + distance);
      const p0 = v128.add<T>(x0, x2);
      const q0 = v128.add<T>(y0, y2);
      const p1 = v128.sub<T>(x0, x2);
      const q1 = v128.sub<T>(y0, y2);
      const p2 = v128.add<T>(x1, x3);
      const q2 = v128.add<T>(y1, y3);
      const p3 = v128.sub<T>(y1, y3);
      const q3 = v128.sub<T>(x3, x1);
      v128.store(a, v128.add<T>(p0, p2));
      v128.store(a + distance, v128.add<T>(q0, q2));
      const xb = v128.sub<T>(p0, p2);
      const yb = v128.sub<T>(q0, q2);
      const xc = v128.add<T>(p1, p3);
      const yc = v128.add<T>(q1, q3);
      const xd = v128.sub<T>(p1, p3);
      const yd = v128.sub<T>(q1, q3);
      v128.store(b, v128.sub<T>(v128.mul<T>(xb, c2), v128.mul<T>(yb, s2)));
      v128.store(b + distance, v128.add<T>(v128.mul<T>(xb, s2), v128.mul<T>(yb, c2)));
      v128.store(c, v128.sub<T>(v128.mul<T>(xc, c1), v128.mul<T>(yc, s1)));
      v128.store(c + distance, v128.add<T>(v128.mul<T>(xc, s1), v128.mul<T>(yc, c1)));
      v128.store(d, v128.sub<T>(v128.mul<T>(xd, c3), v128.mul<T>(yd, s3)));
      v128.store(d + distance, v128.add<T>(v128.mul<T>(xd, s3), v128.mul<T>(yd, c3)));
    }
  }
}

/** The radix-2 stage that is left where `count` is not a power of four: sums and differences of neighbours. */
export function pairs<T>(count: i32, re: usize, im: usize): void {
  const end = re + (<usize>count << 4);
  const distance = im - re;
  for (let a = re; a < end; a += 32) {
    const b = a + distance;
    const r0 = v128.load(a);
    const r1 = v128.load(a, 16);
    const i0 = v128.load(b);
    const i1 = v128.load(b, 16);
    v128.store(a, v128.add<T>(r0, r1));
    v128.store(a, v128.sub<T>(r0, r1), 16);
    v128.store(b, v128.add<T>(i0, i1));
    v128.store(b, v128.sub<T>(i0, i1), 16);
  }
}

/** The whole transform of `count` complex values of each lane, from bit-reversed order. */
export function transform<T>(turn: i32, count: i32, cosines: usize, sines: usize, re: usize, im: usize): void {
  let size: i32 = 1;
  if (ctz(count) & 1) {
    pairs<T>(count, re, im);
    size = 2;
  }
  for (; size < count; size *= 4) join<T>(turn, count, size, cosines, sines, re, im);
}

/** `transform` of half a turn's values. */
export function butterflies<T>(half: i32, cosines: usize, sines: usize, re: usize, im: usize): void {
  transform<T>(half * 2, half, cosines, sines, re, im);
}

/** One number for each lane, from places, `stride` bytes apart. */
export function gather<T>(place: usize, stride: usize): v128 {
  if (sizeof<T>() == 8) return v128.load_lane<f64>(place + stride, v128.load64_zero(place), 1);
  let lanes = v128.load32_zero(place);
  lanes = v128.load_lane<f32>(place + stride, lanes, 1);
  lanes = v128.load_lane<f32>(place + stride * 2, lanes, 2);
  return v128.load_lane<f32>(place + stride * 3, lanes, 3);
}

/**
 * The spectra of as many frames as there are lanes: samples + window → bins.
 *
 * @param samples of the first frame; the others begin `stride` bytes apart
 */
function forwardOf<T>(
  half: i32,
  window: usize,
  order: usize,
  cosines: usize,
  sines: usize,
  re: usize,
  im: usize,
  samples: usize,
  stride: usize,
  outRe: usize,
  outIm: usize,
): void {
  for (let i: i32 = 0; i < half; i++) {
    const j = <usize>load<u32>(order + (<usize>i << 2)) * 2 * sizeof<T>();
    const even = v128.mul<T>(gather<T>(samples + j, stride), v128.load_splat<T>(window + j));
    const odd = v128.mul<T>(gather<T>(samples + j + sizeof<T>(), stride), v128.load_splat<T>(window + j + sizeof<T>()));
    v128.store(re + (<usize>i << 4), even);
    v128.store(im + (<usize>i << 4), odd);
  }
  butterflies<T>(half, cosines, sines, re, im);
  const end = <usize>half << 4;
  v128.store(outRe, v128.add<T>(v128.load(re), v128.load(im)));
  v128.store(outIm, v128.splat<T>(0));
  v128.store(outRe + end, v128.sub<T>(v128.load(re), v128.load(im)));
  v128.store(outIm + end, v128.splat<T>(0));
  const scale = v128.splat<T>(0.5);
  for (let k: i32 = 1; k < half; k++) {
    const a = <usize>k << 4;
    const b = <usize>(half - k) << 4;
    const c = v128.load_splat<T>(cosines + <usize>k * sizeof<T>());
    const s = v128.load_splat<T>(sines + <usize>k * sizeof<T>());
    const rk = v128.load(re + a);
    const rm = v128.load(re + b);
    const ik = v128.load(im + a);
    const iim = v128.load(im + b);
    const evenRe = v128.mul<T>(scale, v128.add<T>(rk, rm));
    const evenIm = v128.mul<T>(scale, v128.sub<T>(ik, iim));
    const oddRe = v128.mul<T>(scale, v128.add<T>(ik, iim));
    const oddIm = v128.mul<T>(scale, v128.sub<T>(rm, rk));
    v128.store(outRe + a, v128.sub<T>(v128.add<T>(evenRe, v128.mul<T>(c, oddRe)), v128.mul<T>(s, oddIm)));
    v128.store(outIm + a, v128.add<T>(v128.add<T>(evenIm, v128.mul<T>(c, oddIm)), v128.mul<T>(s, oddRe)));
  }
}

export function forward32(
  half: i32,
  window: usize,
  order: usize,
  cosines: usize,
  sines: usize,
  re: usize,
  im: usize,
  samples: usize,
  stride: usize,
  outRe: usize,
  outIm: usize,
): void {
  forwardOf<f32>(half, window, order, cosines, sines, re, im, samples, stride, outRe, outIm);
}

export function forward64(
  half: i32,
  window: usize,
  order: usize,
  cosines: usize,
  sines: usize,
  re: usize,
  im: usize,
  samples: usize,
  stride: usize,
  outRe: usize,
  outIm: usize,
): void {
  forwardOf<f64>(half, window, order, cosines, sines, re, im, samples, stride, outRe, outIm);
}
