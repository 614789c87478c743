/**
 * The inner loops of the front end, in AssemblyScript: compiled to WebAssembly with SIMD by the build, called by
 * ../simd.ts, which fills the memory and knows the layout. Four frames are transformed at once, one in each lane, so every
 * line reads as it would for one frame; with T = f64 it is two frames, at double precision.
 */

/** Radix-4 butterflies in place, over `half` complex values of each lane in bit-reversed order. */
function butterflies<T>(half: i32, cosines: usize, sines: usize, re: usize, im: usize): void {
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
function gather<T>(place: usize, stride: usize): v128 {
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

/** Squared magnitudes of spectra, over the real parts. */
function powerOf<T>(bins: i32, re: usize, im: usize): void {
  for (let k: i32 = 0; k < bins; k++) {
    const place = <usize>k << 4;
    const x = v128.load(re + place);
    const y = v128.load(im + place);
    v128.store(re + place, v128.add<T>(v128.mul<T>(x, x), v128.mul<T>(y, y)));
  }
}

export function power32(bins: i32, re: usize, im: usize): void {
  powerOf<f32>(bins, re, im);
}

export function power64(bins: i32, re: usize, im: usize): void {
  powerOf<f64>(bins, re, im);
}

/**
 * Mel bands of as many power spectra as there are lanes, written as float32 frame by frame: out[frame][band].
 *
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
  frames: i32,
): void {
  let weight = weights;
  const row = <usize>bands << 2;
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

export function mel32(bands: i32, filters: usize, weights: usize, spectrum: usize, out: usize, frames: i32): void {
  melOf<f32>(bands, filters, weights, spectrum, out, frames);
}

export function mel64(bands: i32, filters: usize, weights: usize, spectrum: usize, out: usize, frames: i32): void {
  melOf<f64>(bands, filters, weights, spectrum, out, frames);
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

/** Writes each lane into the row of its frame. */
function scatter<T>(place: usize, row: usize, lanes: v128): void {
  if (sizeof<T>() == 8) {
    v128.store_lane<f64>(place, lanes, 0);
    v128.store_lane<f64>(place + row, lanes, 1);
  } else {
    v128.store_lane<f32>(place, lanes, 0);
    v128.store_lane<f32>(place + row, lanes, 1);
    v128.store_lane<f32>(place + row * 2, lanes, 2);
    v128.store_lane<f32>(place + row * 3, lanes, 3);
  }
}

/**
 * Splits spectra into magnitudes and unit phasors, frame by frame: magnitude[frame][bin], and so on.
 * A zero has no phase and counts as angle 0.
 *
 * @param row bytes from one frame to the next
 */
function polarOf<T>(
  bins: i32,
  re: usize,
  im: usize,
  magnitude: usize,
  phasorRe: usize,
  phasorIm: usize,
  row: usize,
): void {
  const zero = v128.splat<T>(0);
  const one = v128.splat<T>(1);
  for (let k: i32 = 0; k < bins; k++) {
    const place = <usize>k << 4;
    const x = v128.load(re + place);
    const y = v128.load(im + place);
    const length = v128.sqrt<T>(v128.add<T>(v128.mul<T>(x, x), v128.mul<T>(y, y)));
    const silent = v128.eq<T>(length, zero);
    const inverse = v128.div<T>(one, v128.bitselect(one, length, silent));
    const target = <usize>k * sizeof<T>();
    scatter<T>(magnitude + target, row, length);
    scatter<T>(phasorRe + target, row, v128.bitselect(one, v128.mul<T>(x, inverse), silent));
    scatter<T>(phasorIm + target, row, v128.bitselect(zero, v128.mul<T>(y, inverse), silent));
  }
}

export function polar(
  bins: i32,
  re: usize,
  im: usize,
  magnitude: usize,
  phasorRe: usize,
  phasorIm: usize,
  row: usize,
): void {
  polarOf<f64>(bins, re, im, magnitude, phasorRe, phasorIm, row);
}

/**
 * One output frame of a phase vocoder: magnitudes between two neighbouring frames, phases turned by the angle from
 * the one to the other afterwards.
 *
 * @param here the earlier frame's row in each of the three tables, in bytes; the later one follows after `row`
 */
function vocodeOf<T>(
  bins: i32,
  mix: f64,
  here: usize,
  row: usize,
  magnitude: usize,
  phasorRe: usize,
  phasorIm: usize,
  phaseRe: usize,
  phaseIm: usize,
  outRe: usize,
  outIm: usize,
): void {
  const later = v128.splat<T>(<T>mix);
  const earlier = v128.splat<T>(<T>(1 - mix));
  for (let k: i32 = 0; k < bins; k += 16 / sizeof<T>()) {
    const place = <usize>k * sizeof<T>();
    const a = here + place;
    const length = v128.add<T>(
      v128.mul<T>(earlier, v128.load(magnitude + a)),
      v128.mul<T>(later, v128.load(magnitude + a + row)),
    );
    const p = v128.load(phaseRe + place);
    const q = v128.load(phaseIm + place);
    v128.store(outRe + place, v128.mul<T>(length, p));
    v128.store(outIm + place, v128.mul<T>(length, q));
    const r0 = v128.load(phasorRe + a);
    const i0 = v128.load(phasorIm + a);
    const r1 = v128.load(phasorRe + a + row);
    const i1 = v128.load(phasorIm + a + row);
    const turnRe = v128.add<T>(v128.mul<T>(r1, r0), v128.mul<T>(i1, i0));
    const turnIm = v128.sub<T>(v128.mul<T>(i1, r0), v128.mul<T>(r1, i0));
    v128.store(phaseRe + place, v128.sub<T>(v128.mul<T>(p, turnRe), v128.mul<T>(q, turnIm)));
    v128.store(phaseIm + place, v128.add<T>(v128.mul<T>(p, turnIm), v128.mul<T>(q, turnRe)));
  }
}

export function vocode(
  bins: i32,
  mix: f64,
  here: usize,
  row: usize,
  magnitude: usize,
  phasorRe: usize,
  phasorIm: usize,
  phaseRe: usize,
  phaseIm: usize,
  outRe: usize,
  outIm: usize,
): void {
  vocodeOf<f64>(bins, mix, here, row, magnitude, phasorRe, phasorIm, phaseRe, phaseIm, outRe, outIm);
}

/**
 * Adds the windowed frames of spectra (rows of `spectrumRe` and `spectrumIm`) to a signal, `hop` bytes apart.
 *
 * @param row bytes from one spectrum to the next
 */
function inverseAddOf<T>(
  half: i32,
  window: usize,
  order: usize,
  cosines: usize,
  sines: usize,
  re: usize,
  im: usize,
  spectrumRe: usize,
  spectrumIm: usize,
  row: usize,
  out: usize,
  hop: usize,
): void {
  const zero = v128.splat<T>(0);
  for (let i: i32 = 0; i < half; i++) {
    const k = <usize>load<u32>(order + (<usize>i << 2)) * sizeof<T>();
    const m = <usize>half * sizeof<T>() - k;
    const aRe = gather<T>(spectrumRe + k, row);
    const bRe = gather<T>(spectrumRe + m, row);
    const aIm = k == 0 ? zero : gather<T>(spectrumIm + k, row);
    const bIm = k == 0 ? zero : gather<T>(spectrumIm + m, row);
    const c = v128.load_splat<T>(cosines + k);
    const s = v128.load_splat<T>(sines + k);
    const evenRe = v128.add<T>(aRe, bRe);
    const evenIm = v128.sub<T>(aIm, bIm);
    const differenceRe = v128.sub<T>(aRe, bRe);
    const differenceIm = v128.add<T>(aIm, bIm);
    const oddRe = v128.add<T>(v128.mul<T>(differenceRe, c), v128.mul<T>(differenceIm, s));
    const oddIm = v128.sub<T>(v128.mul<T>(differenceIm, c), v128.mul<T>(differenceRe, s));
    v128.store(re + (<usize>i << 4), v128.sub<T>(evenRe, oddIm));
    v128.store(im + (<usize>i << 4), v128.neg<T>(v128.add<T>(evenIm, oddRe)));
  }
  butterflies<T>(half, cosines, sines, re, im);
  const scale: T = <T>1 / (<T>2 * <T>half);
  for (let i: i32 = 0; i < half; i++) {
    const n = <usize>i * 2 * sizeof<T>();
    const even = v128.mul<T>(v128.load(re + (<usize>i << 4)), v128.splat<T>(scale * load<T>(window + n)));
    const odd = v128.mul<T>(v128.load(im + (<usize>i << 4)), v128.splat<T>(-scale * load<T>(window + n + sizeof<T>())));
    add<T>(out + n, hop, even);
    add<T>(out + n + sizeof<T>(), hop, odd);
  }
}

export function inverseAdd(
  half: i32,
  window: usize,
  order: usize,
  cosines: usize,
  sines: usize,
  re: usize,
  im: usize,
  spectrumRe: usize,
  spectrumIm: usize,
  row: usize,
  out: usize,
  hop: usize,
): void {
  inverseAddOf<f64>(half, window, order, cosines, sines, re, im, spectrumRe, spectrumIm, row, out, hop);
}

/** Adds each lane at a place of its own, `stride` bytes apart. */
function add<T>(place: usize, stride: usize, lanes: v128): void {
  store<T>(place, load<T>(place) + v128.extract_lane<T>(lanes, 0));
  store<T>(place + stride, load<T>(place + stride) + v128.extract_lane<T>(lanes, 1));
  if (sizeof<T>() == 4) {
    store<T>(place + stride * 2, load<T>(place + stride * 2) + v128.extract_lane<T>(lanes, 2));
    store<T>(place + stride * 3, load<T>(place + stride * 3) + v128.extract_lane<T>(lanes, 3));
  }
}
