/** Integer samples as floating point. */

/**
 * The mean of interleaved channels of 16 bits, little-endian, from −1 to 1.
 *
 * @param frames samples of each channel, and written
 */
export function mix16(bytes: usize, channels: i32, frames: i32, out: usize): void {
  let place = bytes;
  let target = out;
  const end = out + (<usize>frames << 2);
  if (channels == 1) {
    const scale = f32x4.splat(1.0 / 32768.0);
    for (; target + 32 <= end; target += 32) {
      const values = v128.load(place);
      const low = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(values));
      const high = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(values));
      v128.store(target, f32x4.mul(low, scale));
      v128.store(target, f32x4.mul(high, scale), 16);
      place += 16;
    }
  } else if (channels == 2) {
    const scale = f32x4.splat(1.0 / 65536.0);
    const ones = i16x8.splat(1);
    for (; target + 16 <= end; target += 16) {
      const sums = i32x4.dot_i16x8_s(v128.load(place), ones);
      v128.store(target, f32x4.mul(f32x4.convert_i32x4_s(sums), scale));
      place += 16;
    }
  }
  for (; target < end; target += 4) {
    let sum: i32 = 0;
    for (let channel: i32 = 0; channel < channels; channel++) {
      sum += <i32>load<i16>(place);
      place += 2;
    }
    store<f32>(target, <f32>((<f64>sum * (1.0 / 32768.0)) / <f64>channels));
  }
}
