/** The phase vocoder: into magnitudes and phasors, along time, and back. */
import { scramble } from './transform';
import { transpose } from './transpose';

/**
 * Splits the spectra of two frames, at double precision, into magnitudes and unit phasors in single precision, frame by
 * frame: magnitude[frame][bin], and so on. A zero has no phase and counts as angle 0.
 *
 * @param bins a multiple of 4
 * @param row bytes from one frame to the next
 */
export function polar(
  bins: i32,
  re: usize,
  im: usize,
  magnitude: usize,
  phasorRe: usize,
  phasorIm: usize,
  row: usize,
): void {
  for (let k: i32 = 0; k < bins; k += 4) {
    const place = <usize>k << 4;
    const target = <usize>k << 2;
    const x = twoBins(re + place);
    const y = twoBins(im + place);
    const X = twoBins(re + place + 32);
    const Y = twoBins(im + place + 32);
    const first = v128.shuffle<f32>(x, X, 0, 2, 4, 6);
    const firstIm = v128.shuffle<f32>(y, Y, 0, 2, 4, 6);
    storePolar(first, firstIm, magnitude + target, phasorRe + target, phasorIm + target);
    const second = v128.shuffle<f32>(x, X, 1, 3, 5, 7);
    const secondIm = v128.shuffle<f32>(y, Y, 1, 3, 5, 7);
    const later = target + row;
    storePolar(second, secondIm, magnitude + later, phasorRe + later, phasorIm + later);
  }
}

/** Two numbers of double precision, and the two that follow, in single precision. */
// @ts-ignore: decorator
@inline
function twoBins(place: usize): v128 {
  const near = f32x4.demote_f64x2_zero(v128.load(place));
  const far = f32x4.demote_f64x2_zero(v128.load(place, 16));
  return v128.shuffle<f32>(near, far, 0, 1, 4, 5);
}

// @ts-ignore: decorator
@inline
function storePolar(x: v128, y: v128, magnitude: usize, phasorRe: usize, phasorIm: usize): void {
  const length = f32x4.sqrt(f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y)));
  const sounds = f32x4.gt(length, f32x4.splat(0));
  const one = f32x4.splat(1);
  const inverse = f32x4.div(one, length);
  v128.store(magnitude, length);
  v128.store(phasorRe, v128.bitselect(f32x4.mul(x, inverse), one, sounds));
  v128.store(phasorIm, v128.and(f32x4.mul(y, inverse), sounds));
}

/** Bytes of what `vocode` reads for each output frame. */
const STEP: usize = 16;

/**
 * Four output frames of a phase vocoder, one in each lane of the result: magnitudes between two neighbouring frames,
 * phases turned by the angle from the one to the other afterwards.
 *
 * @param bins a multiple of 4
 * @param steps of each output frame the places of the earlier and the later row in each of the three tables (int32, in
 * bytes), and the shares of their magnitudes (float32)
 * @param phaseRe unit phasors of the first output frame; afterwards those of the next after the last. Likewise `phaseIm`
 * @param block work space of 128 bytes
 */
export function vocode(
  bins: i32,
  steps: usize,
  magnitude: usize,
  phasorRe: usize,
  phasorIm: usize,
  phaseRe: usize,
  phaseIm: usize,
  block: usize,
  outRe: usize,
  outIm: usize,
): void {
  const half = f32x4.splat(0.5);
  const threeHalves = f32x4.splat(1.5);
  for (let k: i32 = 0; k < bins; k += 4) {
    const place = <usize>k << 2;
    let p = v128.load(phaseRe + place);
    let q = v128.load(phaseIm + place);
    for (let frame: usize = 0; frame < 4; frame++) {
      const step = steps + frame * STEP;
      const here = <usize>load<u32>(step) + place;
      const next = <usize>load<u32>(step, 4) + place;
      const length = f32x4.add(
        f32x4.mul(v128.load_splat<f32>(step, 8), v128.load(magnitude + here)),
        f32x4.mul(v128.load_splat<f32>(step, 12), v128.load(magnitude + next)),
      );
      v128.store(block + (frame << 4), f32x4.mul(length, p));
      v128.store(block + (frame << 4), f32x4.mul(length, q), 64);
      const r0 = v128.load(phasorRe + here);
      const i0 = v128.load(phasorIm + here);
      const r1 = v128.load(phasorRe + next);
      const i1 = v128.load(phasorIm + next);
      const turnRe = f32x4.add(f32x4.mul(r1, r0), f32x4.mul(i1, i0));
      const turnIm = f32x4.sub(f32x4.mul(i1, r0), f32x4.mul(r1, i0));
      const x = f32x4.sub(f32x4.mul(p, turnRe), f32x4.mul(q, turnIm));
      const y = f32x4.add(f32x4.mul(p, turnIm), f32x4.mul(q, turnRe));
      // One step of Newton's method for 1 / √: without it rounding would add up over a long recording.
      const square = f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y));
      const correction = f32x4.sub(threeHalves, f32x4.mul(half, square));
      p = f32x4.mul(x, correction);
      q = f32x4.mul(y, correction);
    }
    v128.store(phaseRe + place, p);
    v128.store(phaseIm + place, q);
    transpose(block, 16, outRe + (place << 2), 16);
    transpose(block + 64, 16, outIm + (place << 2), 16);
  }
}

/**
 * Adds four windowed frames to a signal, `hop` bytes apart, given their spectra, one in each lane.
 *
 * @param window divided by the frame's length, every second weight negative
 * @param order where each of `half` values stands in bit-reversed order; `half` is a multiple of 4
 */
export function inverseAdd(
  half: i32,
  window: usize,
  order: usize,
  cosines: usize,
  sines: usize,
  z: usize,
  spectrumRe: usize,
  spectrumIm: usize,
  out: usize,
  hop: usize,
): void {
  // The conjugate goes through the transform there; conjugating the result inverts it.
  const end = <usize>half << 4;
  const lowest = v128.load(spectrumRe);
  const highest = v128.load(spectrumRe + end);
  v128.store(z, f32x4.add(lowest, highest));
  v128.store(z, f32x4.sub(highest, lowest), 16);
  for (let k: i32 = 1; k <= half >> 1; k++) {
    const near = <usize>k << 4;
    const far = end - near;
    const c = v128.load_splat<f32>(cosines + (<usize>k << 2));
    const s = v128.load_splat<f32>(sines + (<usize>k << 2));
    const ra = v128.load(spectrumRe + near);
    const ia = v128.load(spectrumIm + near);
    const rb = v128.load(spectrumRe + far);
    const ib = v128.load(spectrumIm + far);
    const evenRe = f32x4.add(ra, rb);
    const evenIm = f32x4.sub(ia, ib);
    const differenceRe = f32x4.sub(ra, rb);
    const differenceIm = f32x4.add(ia, ib);
    const oddRe = f32x4.add(f32x4.mul(differenceRe, c), f32x4.mul(differenceIm, s));
    const oddIm = f32x4.sub(f32x4.mul(differenceIm, c), f32x4.mul(differenceRe, s));
    v128.store(z + (far << 1), f32x4.add(evenRe, oddIm));
    v128.store(z + (far << 1), f32x4.sub(evenIm, oddRe), 16);
    v128.store(z + (near << 1), f32x4.sub(evenRe, oddIm));
    v128.store(z + (near << 1), f32x4.neg(f32x4.add(evenIm, oddRe)), 16);
  }
  scramble<f32>(half, cosines, sines, z);
  for (let n: i32 = 0; n < half; n += 4) {
    const a = z + (<usize>load<u32>(order + (<usize>n << 2)) << 5);
    const b = z + (<usize>load<u32>(order + (<usize>n << 2), 4) << 5);
    const c = z + (<usize>load<u32>(order + (<usize>n << 2), 8) << 5);
    const d = z + (<usize>load<u32>(order + (<usize>n << 2), 12) << 5);
    const target = out + (<usize>n << 3);
    const weights = window + (<usize>n << 3);
    addPairs(v128.load(a), v128.load(a, 16), v128.load(b), v128.load(b, 16), weights, target, hop);
    addPairs(v128.load(c), v128.load(c, 16), v128.load(d), v128.load(d, 16), weights + 16, target + 16, hop);
  }
}

/** Adds four samples, given in rows of one for each frame, to the four frames. */
// @ts-ignore: decorator
@inline
function addPairs(a: v128, b: v128, c: v128, d: v128, weights: usize, target: usize, hop: usize): void {
  const w = v128.load(weights);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  add(target, f32x4.mul(w, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5)));
  add(target + hop, f32x4.mul(w, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7)));
  add(target + hop * 2, f32x4.mul(w, v128.shuffle<f32>(AB, CD, 0, 1, 4, 5)));
  add(target + hop * 3, f32x4.mul(w, v128.shuffle<f32>(AB, CD, 2, 3, 6, 7)));
}

// @ts-ignore: decorator
@inline
function add(place: usize, values: v128): void {
  v128.store(place, f32x4.add(v128.load(place), values));
}
