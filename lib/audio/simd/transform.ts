/** The Fourier transform of real frames, as many at once as there are lanes. */
import { pairs, split } from './butterflies';

/** Windowed frames, one in each lane: even samples are real parts, odd ones imaginary parts. */
function frames<T>(half: i32, window: usize, samples: usize, stride: usize, z: usize): void {
  const end = <usize>half * 2 * sizeof<T>();
  let target = z;
  for (let place: usize = 0; place < end; place += 16) {
    const w = v128.load(window + place);
    const a = v128.mul<T>(v128.load(samples + place), w);
    const b = v128.mul<T>(v128.load(samples + place + stride), w);
    if (sizeof<T>() == 8) {
      v128.store(target, v128.shuffle<f64>(a, b, 0, 2));
      v128.store(target, v128.shuffle<f64>(a, b, 1, 3), 16);
      target += 32;
    } else {
      const c = v128.mul<T>(v128.load(samples + place + stride * 2), w);
      const d = v128.mul<T>(v128.load(samples + place + stride * 3), w);
      const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      v128.store(target, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
      v128.store(target, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7), 16);
      v128.store(target, v128.shuffle<f32>(AB, CD, 0, 1, 4, 5), 32);
      v128.store(target, v128.shuffle<f32>(AB, CD, 2, 3, 6, 7), 48);
      target += 64;
    }
  }
}

/** The transform of half a turn's complex values of each lane, into bit-reversed order. */
export function scramble<T>(half: i32, cosines: usize, sines: usize, z: usize): void {
  const quarter = half >> 2;
  if (quarter == 0) {
    pairs<T>(half, z);
    return;
  }
  split<T>(half * 2, half, quarter, cosines, sines, z);
  // The other stages of one quarter stay in the processor's nearest cache.
  for (let i: i32 = 0; i < half; i += quarter) {
    const part = z + (<usize>i << 5);
    for (let size = quarter >> 2; size >= 1; size >>= 2) split<T>(half * 2, quarter, size, cosines, sines, part);
    if (ctz(quarter) & 1) pairs<T>(quarter, part);
  }
}

/**
 * The spectra of as many frames as there are lanes: samples · window → bins.
 *
 * @param window halved
 * @param order where each of `half` values stands in bit-reversed order
 * @param samples of the first frame; the others begin `stride` bytes apart
 */
function forwardOf<T>(
  half: i32,
  window: usize,
  order: usize,
  cosines: usize,
  sines: usize,
  z: usize,
  samples: usize,
  stride: usize,
  outRe: usize,
  outIm: usize,
): void {
  frames<T>(half, window, samples, stride, z);
  scramble<T>(half, cosines, sines, z);
  const r0 = v128.load(z);
  const i0 = v128.load(z, 16);
  const two = v128.splat<T>(2);
  const end = <usize>half << 4;
  v128.store(outRe, v128.mul<T>(two, v128.add<T>(r0, i0)));
  v128.store(outIm, v128.splat<T>(0));
  v128.store(outRe + end, v128.mul<T>(two, v128.sub<T>(r0, i0)));
  v128.store(outIm + end, v128.splat<T>(0));
  for (let k: i32 = 1; k <= half >> 1; k++) {
    const a = z + (<usize>load<u32>(order + (<usize>k << 2)) << 5);
    const b = z + (<usize>load<u32>(order + (<usize>(half - k) << 2)) << 5);
    const c = v128.load_splat<T>(cosines + <usize>k * sizeof<T>());
    const s = v128.load_splat<T>(sines + <usize>k * sizeof<T>());
    const ra = v128.load(a);
    const ia = v128.load(a, 16);
    const rb = v128.load(b);
    const ib = v128.load(b, 16);
    const evenRe = v128.add<T>(ra, rb);
    const evenIm = v128.sub<T>(ia, ib);
    const oddRe = v128.add<T>(ia, ib);
    const oddIm = v128.sub<T>(rb, ra);
    const turnedRe = v128.sub<T>(v128.mul<T>(c, oddRe), v128.mul<T>(s, oddIm));
    const turnedIm = v128.add<T>(v128.mul<T>(c, oddIm), v128.mul<T>(s, oddRe));
    const low = <usize>k << 4;
    const high = <usize>(half - k) << 4;
    v128.store(outRe + high, v128.sub<T>(evenRe, turnedRe));
    v128.store(outIm + high, v128.sub<T>(turnedIm, evenIm));
    v128.store(outRe + low, v128.add<T>(evenRe, turnedRe));
    v128.store(outIm + low, v128.add<T>(evenIm, turnedIm));
  }
}

/** `forwardOf` at double precision, in two lanes, or at single, in four. */
export function forward(
  isDouble: bool,
  half: i32,
  window: usize,
  order: usize,
  cosines: usize,
  sines: usize,
  z: usize,
  samples: usize,
  stride: usize,
  outRe: usize,
  outIm: usize,
): void {
  if (isDouble) forwardOf<f64>(half, window, order, cosines, sines, z, samples, stride, outRe, outIm);
  else forwardOf<f32>(half, window, order, cosines, sines, z, samples, stride, outRe, outIm);
}

/** The power spectra of as many frames as there are lanes; parameters as of `forwardOf`. */
function powerOf<T>(
  half: i32,
  window: usize,
  order: usize,
  cosines: usize,
  sines: usize,
  z: usize,
  samples: usize,
  stride: usize,
  out: usize,
): void {
  frames<T>(half, window, samples, stride, z);
  scramble<T>(half, cosines, sines, z);
  const r0 = v128.load(z);
  const i0 = v128.load(z, 16);
  const two = v128.splat<T>(2);
  const lowest = v128.mul<T>(two, v128.add<T>(r0, i0));
  const highest = v128.mul<T>(two, v128.sub<T>(r0, i0));
  v128.store(out, v128.mul<T>(lowest, lowest));
  v128.store(out + (<usize>half << 4), v128.mul<T>(highest, highest));
  for (let k: i32 = 1; k <= half >> 1; k++) {
    const a = z + (<usize>load<u32>(order + (<usize>k << 2)) << 5);
    const b = z + (<usize>load<u32>(order + (<usize>(half - k) << 2)) << 5);
    const c = v128.load_splat<T>(cosines + <usize>k * sizeof<T>());
    const s = v128.load_splat<T>(sines + <usize>k * sizeof<T>());
    const ra = v128.load(a);
    const ia = v128.load(a, 16);
    const rb = v128.load(b);
    const ib = v128.load(b, 16);
    const evenRe = v128.add<T>(ra, rb);
    const evenIm = v128.sub<T>(ia, ib);
    const oddRe = v128.add<T>(ia, ib);
    const oddIm = v128.sub<T>(rb, ra);
    const turnedRe = v128.sub<T>(v128.mul<T>(c, oddRe), v128.mul<T>(s, oddIm));
    const turnedIm = v128.add<T>(v128.mul<T>(c, oddIm), v128.mul<T>(s, oddRe));
    const highRe = v128.sub<T>(evenRe, turnedRe);
    const highIm = v128.sub<T>(turnedIm, evenIm);
    const lowRe = v128.add<T>(evenRe, turnedRe);
    const lowIm = v128.add<T>(evenIm, turnedIm);
    v128.store(out + (<usize>(half - k) << 4), v128.add<T>(v128.mul<T>(highRe, highRe), v128.mul<T>(highIm, highIm)));
    v128.store(out + (<usize>k << 4), v128.add<T>(v128.mul<T>(lowRe, lowRe), v128.mul<T>(lowIm, lowIm)));
  }
}

/** `powerOf` at double precision, in two lanes, or at single, in four. */
export function power(
  isDouble: bool,
  half: i32,
  window: usize,
  order: usize,
  cosines: usize,
  sines: usize,
  z: usize,
  samples: usize,
  stride: usize,
  out: usize,
): void {
  if (isDouble) powerOf<f64>(half, window, order, cosines, sines, z, samples, stride, out);
  else powerOf<f32>(half, window, order, cosines, sines, z, samples, stride, out);
}
