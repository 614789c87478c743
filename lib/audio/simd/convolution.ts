/** A long filter by the fast Fourier transform, over eight stretches of a signal at once. */
import { join, split } from './butterflies';
import { transpose } from './transpose';

/**
 * Filters eight overlapping blocks of a signal by one filter whose spectrum is real, as that of an even filter is: four
 * blocks are the real parts of the lanes and four the imaginary parts, so neither needs untangling. Frequencies stay
 * in the order of the first transform, so nothing is put in order either.
 *
 * @param length of a block, a power of two from 16 up
 * @param cosines cos(2πk / length), three quarters of a turn
 * @param sines −sin(2πk / length), likewise
 * @param response the filter's spectrum divided by `length`, in bit-reversed order
 * @param z work space of `length` × 32 bytes
 * @param samples of the first block; the others begin `step` samples apart
 * @param skip samples at a block's start which the filter's turn around the block spoils; a multiple of 4
 * @param step samples of a block that are good, and written one block after the other; a multiple of 4
 */
export function convolve(
  length: i32,
  cosines: usize,
  sines: usize,
  response: usize,
  z: usize,
  samples: usize,
  skip: i32,
  step: i32,
  out: usize,
): void {
  const stride = <usize>step << 2;
  const bytes = <usize>length << 2;
  for (let place: usize = 0; place < bytes; place += 16) {
    transpose(samples + place, stride, z + (place << 3), 32);
    transpose(samples + place + stride * 4, stride, z + (place << 3) + 16, 32);
  }
  const quarter = length >> 2;
  split<f32>(length, length, quarter, cosines, sines, z);
  // The inner stages of one quarter stay in the processor's nearest cache.
  for (let i: i32 = 0; i < length; i += quarter) {
    const part = z + (<usize>i << 5);
    for (let size = quarter >> 2; size >= 1; size >>= 2) split<f32>(length, quarter, size, cosines, sines, part);
    const weights = response + (<usize>i << 2);
    if (ctz(quarter) & 1) weighPairs(quarter, weights, part);
    else weigh(quarter, weights, part);
    for (let size = 1 + (ctz(quarter) & 1); size < quarter; size <<= 2) {
      join<f32>(length, quarter, size, cosines, sines, part);
    }
  }
  join<f32>(length, length, quarter, cosines, sines, z);
  const first = <usize>skip << 5;
  for (let place: usize = 0; place < stride; place += 16) {
    transpose(z + first + (place << 3) + 16, 32, out + place, stride);
    transpose(z + first + (place << 3), 32, out + place + stride * 4, stride);
  }
}

/** Multiplies each complex value by a number and exchanges its parts: so exchanged, the transform is its own inverse. */
function weigh(count: i32, numbers: usize, z: usize): void {
  const end = z + (<usize>count << 5);
  let number = numbers;
  for (let place = z; place < end; place += 32) {
    const factor = v128.load_splat<f32>(number);
    const re = f32x4.mul(v128.load(place), factor);
    v128.store(place, f32x4.mul(v128.load(place, 16), factor));
    v128.store(place, re, 16);
    number += 4;
  }
}

/** `weigh` between the radix-2 stage that ends the way there and the one that begins the way back. */
function weighPairs(count: i32, numbers: usize, z: usize): void {
  const end = z + (<usize>count << 5);
  let number = numbers;
  for (let place = z; place < end; place += 64) {
    const first = v128.load_splat<f32>(number);
    const second = v128.load_splat<f32>(number, 4);
    const r0 = v128.load(place);
    const i0 = v128.load(place, 16);
    const r1 = v128.load(place, 32);
    const i1 = v128.load(place, 48);
    const re = f32x4.mul(f32x4.add(r0, r1), first);
    const im = f32x4.mul(f32x4.add(i0, i1), first);
    const otherRe = f32x4.mul(f32x4.sub(r0, r1), second);
    const otherIm = f32x4.mul(f32x4.sub(i0, i1), second);
    v128.store(place, f32x4.add(im, otherIm));
    v128.store(place, f32x4.add(re, otherRe), 16);
    v128.store(place, f32x4.sub(im, otherIm), 32);
    v128.store(place, f32x4.sub(re, otherRe), 48);
    number += 8;
  }
}
