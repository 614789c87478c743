/** The phase vocoder: into magnitudes and phasors, along time, and back. */
import { transform } from './butterflies';
import { gather } from './transform';

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
  z: usize,
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
    v128.store(z + (<usize>i << 5), v128.sub<T>(evenRe, oddIm));
    v128.store(z + (<usize>i << 5), v128.neg<T>(v128.add<T>(evenIm, oddRe)), 16);
  }
  transform<T>(half * 2, half, cosines, sines, z);
  const scale: T = <T>1 / (<T>2 * <T>half);
  for (let i: i32 = 0; i < half; i++) {
    const n = <usize>i * 2 * sizeof<T>();
    const even = v128.mul<T>(v128.load(z + (<usize>i << 5)), v128.splat<T>(scale * load<T>(window + n)));
    const odd = v128.mul<T>(v128.load(z + (<usize>i << 5), 16), v128.splat<T>(-scale * load<T>(window + n + sizeof<T>())));
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
  z: usize,
  spectrumRe: usize,
  spectrumIm: usize,
  row: usize,
  out: usize,
  hop: usize,
): void {
  inverseAddOf<f64>(half, window, order, cosines, sines, z, spectrumRe, spectrumIm, row, out, hop);
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
