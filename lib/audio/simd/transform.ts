/** The Fourier transform of real frames, as many at once as there are lanes. */

/** Radix-4 butterflies in place, over `half` complex values of each lane in bit-reversed order. */
export function butterflies<T>(half: i32, cosines: usize, sines: usize, re: usize, im: usize): void {
  let size: i32 = 1;
  if (ctz(half) & 1) {
    for (let i: i32 = 0; i < half; i += 2) {
      const a = re + (<usize>i << 4);
      const b = im + (<usize>i << 4);
      const r0 = v128.load(a);
      const r1 = v128.load(a, 16);
      const i0 = v128.load(b);
      const i1 = v128.load(b, 16);
      v128.store(a, v128.add<T>(r0, r1));
      v128.store(a, v128.sub<T>(r0, r1), 16);
      v128.store(b, v128.add<T>(i0, i1));
      v128.store(b, v128.sub<T>(i0, i1), 16);
    }
    size = 2;
  }
  for (; size < half; size *= 4) {
    const step = (half * 2) / (4 * size);
    const span = <usize>size << 4;
    for (let k: i32 = 0; k < size; k++) {
      const first = <usize>(k * step) * sizeof<T>();
      const c1 = v128.load_splat<T>(cosines + first);
      const s1 = v128.load_splat<T>(sines + first);
      const c2 = v128.load_splat<T>(cosines + first * 2);
      const s2 = v128.load_splat<T>(sines + first * 2);
      const c3 = v128.sub<T>(v128.mul<T>(c1, c2), v128.mul<T>(s1, s2));
      const s3 = v128.add<T>(v128.mul<T>(c1, s2), v128.mul<T>(s1, c2));
      for (let i: i32 = k; i < half; i += 4 * size) {
        const ra = re + (<usize>i << 4);
        const ia = im + (<usize>i << 4);
        const rb = ra + span;
        const ib = ia + span;
        const rc = rb + span;
        const ic = ib + span;
        const rd = rc + span;
        const id = ic + span;
        const xb = v128.load(rb);
        const yb = v128.load(ib);
        const xc = v128.load(rc);
        const yc = v128.load(ic);
        const xd = v128.load(rd);
        const yd = v128.load(id);
        const r1 = v128.sub<T>(v128.mul<T>(xb, c2), v128.mul<T>(yb, s2));
        const i1 = v128.add<T>(v128.mul<T>(xb, s2), v128.mul<T>(yb, c2));
        const r2 = v128.sub<T>(v128.mul<T>(xc, c1), v128.mul<T>(yc, s1));
        const i2 = v128.add<T>(v128.mul<T>(xc, s1), v128.mul<T>(yc, c1));
        const r3 = v128.sub<T>(v128.mul<T>(xd, c3), v128.mul<T>(yd, s3));
        const i3 = v128.add<T>(v128.mul<T>(xd, s3), v128.mul<T>(yd, c3));
        const x = v128.load(ra);
        const y = v128.load(ia);
        const p0 = v128.add<T>(x, r1);
        const q0 = v128.add<T>(y, i1);
        const p1 = v128.sub<T>(x, r1);
        const q1 = v128.sub<T>(y, i1);
        const p2 = v128.add<T>(r2, r3);
        const q2 = v128.add<T>(i2, i3);
        const p3 = v128.sub<T>(i2, i3);
        const q3 = v128.sub<T>(r3, r2);
        v128.store(ra, v128.add<T>(p0, p2));
        v128.store(ia, v128.add<T>(q0, q2));
        v128.store(rb, v128.add<T>(p1, p3));
        v128.store(ib, v128.add<T>(q1, q3));
        v128.store(rc, v128.sub<T>(p0, p2));
        v128.store(ic, v128.sub<T>(q0, q2));
        v128.store(rd, v128.sub<T>(p1, p3));
        v128.store(id, v128.sub<T>(q1, q3));
      }
    }
  }
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
