/** From spectra to mel bands, decibels and cepstra. */

/** Natural logarithm of four positive numbers, to about one part in ten million (Moshier, Cephes, logf). */
function logarithm(x: v128): v128 {
  const bits = x;
  let exponent = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(bits, 23), i32x4.splat(126)));
  let m = v128.or(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000)); // from ½ to 1
  const small = f32x4.lt(m, f32x4.splat(0.707106781186547524));
  exponent = f32x4.sub(exponent, v128.and(small, f32x4.splat(1)));
  m = f32x4.sub(f32x4.add(m, v128.and(small, m)), f32x4.splat(1));
  const z = f32x4.mul(m, m);
  let y = f32x4.splat(7.0376836292e-2);
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(-1.151461031e-1));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(1.1676998740e-1));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(-1.2420140846e-1));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(1.4249322787e-1));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(-1.6668057665e-1));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(2.0000714765e-1));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(-2.4999993993e-1));
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(3.3333331174e-1));
  y = f32x4.mul(f32x4.mul(y, m), z);
  y = f32x4.add(y, f32x4.mul(exponent, f32x4.splat(-2.12194440e-4)));
  y = f32x4.sub(y, f32x4.mul(f32x4.splat(0.5), z));
  return f32x4.add(f32x4.add(m, y), f32x4.mul(exponent, f32x4.splat(0.693359375)));
}

/**
 * Mel bands of as many power spectra as there are lanes, written as float32 frame by frame: out[frame][band].
 *
 * @param row bytes from one frame's bands to the next
 * @param filters for each band its first bin and its number of bins, as two int32
 * @param weights of all bands, one after the other
 * @param frames of the group that count, at most one for each lane
 */
function melOf<T>(
  bands: i32,
  filters: usize,
  weights: usize,
  spectrum: usize,
  out: usize,
  row: usize,
  frames: i32,
): void {
  let weight = weights;
  for (let band: i32 = 0; band < bands; band++) {
    let place = spectrum + (<usize>load<i32>(filters + (<usize>band << 3)) << 4);
    const count = load<i32>(filters + (<usize>band << 3), 4);
    let sum = v128.splat<T>(0);
    for (let i: i32 = 0; i < count; i++) {
      sum = v128.add<T>(sum, v128.mul<T>(v128.load(place), v128.load_splat<T>(weight)));
      place += 16;
      weight += sizeof<T>();
    }
    const target = out + (<usize>band << 2);
    store<f32>(target, <f32>v128.extract_lane<T>(sum, 0));
    if (frames > 1) store<f32>(target + row, <f32>v128.extract_lane<T>(sum, 1));
    if (sizeof<T>() == 4) {
      if (frames > 2) store<f32>(target + row * 2, <f32>v128.extract_lane<T>(sum, 2));
      if (frames > 3) store<f32>(target + row * 3, <f32>v128.extract_lane<T>(sum, 3));
    }
  }
}

/** `melOf` at double precision, in two lanes, or at single, in four. */
export function mel(
  isDouble: bool,
  bands: i32,
  filters: usize,
  weights: usize,
  spectrum: usize,
  out: usize,
  row: usize,
  frames: i32,
): void {
  if (isDouble) melOf<f64>(bands, filters, weights, spectrum, out, row, frames);
  else melOf<f32>(bands, filters, weights, spectrum, out, row, frames);
}

/** Turns powers into decibels in place, 10 log₁₀(max(power, 1e-10)); returns the highest. `count` is a multiple of 4. */
export function decibels(count: i32, values: usize): f32 {
  let highest = f32x4.splat(-100);
  for (let i: usize = 0; i < <usize>count << 2; i += 16) {
    const power = f32x4.max(v128.load(values + i), f32x4.splat(1e-10));
    const level = f32x4.mul(logarithm(power), f32x4.splat(4.3429448190325175));
    v128.store(values + i, level);
    highest = f32x4.max(highest, level);
  }
  const left = max(f32x4.extract_lane(highest, 0), f32x4.extract_lane(highest, 1));
  return max(left, max(f32x4.extract_lane(highest, 2), f32x4.extract_lane(highest, 3)));
}

/** out[frame][k] = Σ basis[k][band] · max(values[frame][band], floor); the number of bands is a multiple of 4. */
export function cosineTransform(
  frames: i32,
  bands: i32,
  coefficients: i32,
  values: usize,
  floor: f32,
  basis: usize,
  out: usize,
): void {
  const low = f32x4.splat(floor);
  const bytes = <usize>bands << 2;
  for (let frame: i32 = 0; frame < frames; frame++) {
    const row = values + <usize>frame * bytes;
    for (let b: usize = 0; b < bytes; b += 16) v128.store(row + b, f32x4.max(v128.load(row + b), low));
    for (let k: i32 = 0; k < coefficients; k++) {
      const cosines = basis + <usize>k * bytes;
      let sum = f32x4.splat(0);
      for (let b: usize = 0; b < bytes; b += 16) {
        sum = f32x4.add(sum, f32x4.mul(v128.load(row + b), v128.load(cosines + b)));
      }
      const total =
        f32x4.extract_lane(sum, 0) +
        f32x4.extract_lane(sum, 1) +
        (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3));
      store<f32>(out + (<usize>(frame * coefficients + k) << 2), total);
    }
  }
}
