/**
 * Radix-4 stages of the transform, in place, over `count` complex values of each lane. The order is bit-reversed on the
 * one side: `join` takes spectra of every fourth value, which stand in the four quarters of each group of 4 · `size`
 * values, to the spectrum of all (decimation in time); `split` goes the other way (decimation in frequency). The second
 * quarter has every fourth value from 2 on, the third from 1 on, the fourth from 3 on.
 *
 * `z` holds complex values of 32 bytes: the lanes' real parts, then their imaginary parts.
 * cosines and sines hold cos and −sin of a turn in `turn` steps, three quarters of them.
 */

/** From four spectra to one. */
export function join<T>(turn: i32, count: i32, size: i32, cosines: usize, sines: usize, z: usize): void {
  const step = turn / (4 * size);
  const span = <usize>size << 5;
  const group = span << 2;
  const end = z + (<usize>count << 5);
  for (let a = z; a < end; a += group) {
    const b = a + span;
    const c = b + span;
    const d = c + span;
    const x0 = v128.load(a);
    const y0 = v128.load(a, 16);
    const x1 = v128.load(b);
    const y1 = v128.load(b, 16);
    const x2 = v128.load(c);
    const y2 = v128.load(c, 16);
    const x3 = v128.load(d);
    const y3 = v128.load(d, 16);
    const p0 = v128.add<T>(x0, x1);
    const q0 = v128.add<T>(y0, y1);
    const p1 = v128.sub<T>(x0, x1);
    const q1 = v128.sub<T>(y0, y1);
    const p2 = v128.add<T>(x2, x3);
    const q2 = v128.add<T>(y2, y3);
    const p3 = v128.sub<T>(y2, y3);
    const q3 = v128.sub<T>(x3, x2);
    v128.store(a, v128.add<T>(p0, p2));
    v128.store(a, v128.add<T>(q0, q2), 16);
    v128.store(b, v128.add<T>(p1, p3));
    v128.store(b, v128.add<T>(q1, q3), 16);
    v128.store(c, v128.sub<T>(p0, p2));
    v128.store(c, v128.sub<T>(q0, q2), 16);
    v128.store(d, v128.sub<T>(p1, p3));
    v128.store(d, v128.sub<T>(q1, q3), 16);
  }
  for (let k: i32 = 1; k < size; k++) {
    const first = <usize>(k * step) * sizeof<T>();
    const c1 = v128.load_splat<T>(cosines + first);
    const s1 = v128.load_splat<T>(sines + first);
    const c2 = v128.load_splat<T>(cosines + first * 2);
    const s2 = v128.load_splat<T>(sines + first * 2);
    const c3 = v128.load_splat<T>(cosines + first * 3);
    const s3 = v128.load_splat<T>(sines + first * 3);
    for (let a = z + (<usize>k << 5); a < end; a += group) {
      const b = a + span;
      const c = b + span;
      const d = c + span;
      const xb = v128.load(b);
      const yb = v128.load(b, 16);
      const xc = v128.load(c);
      const yc = v128.load(c, 16);
      const xd = v128.load(d);
      const yd = v128.load(d, 16);
      const x1 = v128.sub<T>(v128.mul<T>(xb, c2), v128.mul<T>(yb, s2));
      const y1 = v128.add<T>(v128.mul<T>(xb, s2), v128.mul<T>(yb, c2));
      const x2 = v128.sub<T>(v128.mul<T>(xc, c1), v128.mul<T>(yc, s1));
      const y2 = v128.add<T>(v128.mul<T>(xc, s1), v128.mul<T>(yc, c1));
      const x3 = v128.sub<T>(v128.mul<T>(xd, c3), v128.mul<T>(yd, s3));
      const y3 = v128.add<T>(v128.mul<T>(xd, s3), v128.mul<T>(yd, c3));
      const x0 = v128.load(a);
      const y0 = v128.load(a, 16);
      const p0 = v128.add<T>(x0, x1);
      const q0 = v128.add<T>(y0, y1);
      const p1 = v128.sub<T>(x0, x1);
      const q1 = v128.sub<T>(y0, y1);
      const p2 = v128.add<T>(x2, x3);
      const q2 = v128.add<T>(y2, y3);
      const p3 = v128.sub<T>(y2, y3);
      const q3 = v128.sub<T>(x3, x2);
      v128.store(a, v128.add<T>(p0, p2));
      v128.store(a, v128.add<T>(q0, q2), 16);
      v128.store(b, v128.add<T>(p1, p3));
      v128.store(b, v128.add<T>(q1, q3), 16);
      v128.store(c, v128.sub<T>(p0, p2));
      v128.store(c, v128.sub<T>(q0, q2), 16);
      v128.store(d, v128.sub<T>(p1, p3));
      v128.store(d, v128.sub<T>(q1, q3), 16);
    }
  }
}

/** From one spectrum to four. */
export function split<T>(turn: i32, count: i32, size: i32, cosines: usize, sines: usize, z: usize): void {
  const step = turn / (4 * size);
  const span = <usize>size << 5;
  const group = span << 2;
  const end = z + (<usize>count << 5);
  for (let a = z; a < end; a += group) {
    const b = a + span;
    const c = b + span;
    const d = c + span;
    const x0 = v128.load(a);
    const y0 = v128.load(a, 16);
    const x1 = v128.load(b);
    const y1 = v128.load(b, 16);
    const x2 = v128.load(c);
    const y2 = v128.load(c, 16);
    const x3 = v128.load(d);
    const y3 = v128.load(d, 16);
    const p0 = v128.add<T>(x0, x2);
    const q0 = v128.add<T>(y0, y2);
    const p1 = v128.sub<T>(x0, x2);
    const q1 = v128.sub<T>(y0, y2);
    const p2 = v128.add<T>(x1, x3);
    const q2 = v128.add<T>(y1, y3);
    const p3 = v128.sub<T>(y1, y3);
    const q3 = v128.sub<T>(x3, x1);
    v128.store(a, v128.add<T>(p0, p2));
    v128.store(a, v128.add<T>(q0, q2), 16);
    v128.store(b, v128.sub<T>(p0, p2));
    v128.store(b, v128.sub<T>(q0, q2), 16);
    v128.store(c, v128.add<T>(p1, p3));
    v128.store(c, v128.add<T>(q1, q3), 16);
    v128.store(d, v128.sub<T>(p1, p3));
    v128.store(d, v128.sub<T>(q1, q3), 16);
  }
  for (let k: i32 = 1; k < size; k++) {
    const first = <usize>(k * step) * sizeof<T>();
    const c1 = v128.load_splat<T>(cosines + first);
    const s1 = v128.load_splat<T>(sines + first);
    const c2 = v128.load_splat<T>(cosines + first * 2);
    const s2 = v128.load_splat<T>(sines + first * 2);
    const c3 = v128.load_splat<T>(cosines + first * 3);
    const s3 = v128.load_splat<T>(sines + first * 3);
    for (let a = z + (<usize>k << 5); a < end; a += group) {
      const b = a + span;
      const c = b + span;
      const d = c + span;
      const x0 = v128.load(a);
      const y0 = v128.load(a, 16);
      const x1 = v128.load(b);
      const y1 = v128.load(b, 16);
      const x2 = v128.load(c);
      const y2 = v128.load(c, 16);
      const x3 = v128.load(d);
      const y3 = v128.load(d, 16);
      const p0 = v128.add<T>(x0, x2);
      const q0 = v128.add<T>(y0, y2);
      const p1 = v128.sub<T>(x0, x2);
      const q1 = v128.sub<T>(y0, y2);
      const p2 = v128.add<T>(x1, x3);
      const q2 = v128.add<T>(y1, y3);
      const p3 = v128.sub<T>(y1, y3);
      const q3 = v128.sub<T>(x3, x1);
      v128.store(a, v128.add<T>(p0, p2));
      v128.store(a, v128.add<T>(q0, q2), 16);
      const xb = v128.sub<T>(p0, p2);
      const yb = v128.sub<T>(q0, q2);
      const xc = v128.add<T>(p1, p3);
      const yc = v128.add<T>(q1, q3);
      const xd = v128.sub<T>(p1, p3);
      const yd = v128.sub<T>(q1, q3);
      v128.store(b, v128.sub<T>(v128.mul<T>(xb, c2), v128.mul<T>(yb, s2)));
      v128.store(b, v128.add<T>(v128.mul<T>(xb, s2), v128.mul<T>(yb, c2)), 16);
      v128.store(c, v128.sub<T>(v128.mul<T>(xc, c1), v128.mul<T>(yc, s1)));
      v128.store(c, v128.add<T>(v128.mul<T>(xc, s1), v128.mul<T>(yc, c1)), 16);
      v128.store(d, v128.sub<T>(v128.mul<T>(xd, c3), v128.mul<T>(yd, s3)));
      v128.store(d, v128.add<T>(v128.mul<T>(xd, s3), v128.mul<T>(yd, c3)), 16);
    }
  }
}

/** The radix-2 stage that is left where `count` is not a power of four: sums and differences of neighbours. */
export function pairs<T>(count: i32, z: usize): void {
  const end = z + (<usize>count << 5);
  for (let a = z; a < end; a += 64) {
    const r0 = v128.load(a);
    const i0 = v128.load(a, 16);
    const r1 = v128.load(a, 32);
    const i1 = v128.load(a, 48);
    v128.store(a, v128.add<T>(r0, r1));
    v128.store(a, v128.add<T>(i0, i1), 16);
    v128.store(a, v128.sub<T>(r0, r1), 32);
    v128.store(a, v128.sub<T>(i0, i1), 48);
  }
}
