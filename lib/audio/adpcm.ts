/** IMA ADPCM, the 4-bit code of WAV encoding 17: each nibble is a step up or down, in steps that adapt. */

// biome-ignore format: a table
const STEPS = [
  7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107,
  118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963,
  1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894,
  6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794,
  32767,
];
const INDEX_CHANGES = [-1, -1, -1, -1, 2, 4, 6, 8];

/** Frames in a block: one in each channel's four-byte head, then two per byte. */
export function framesPerBlock(blockBytes: number, channels: number): number {
  return (blockBytes / channels - 4) * 2 + 1;
}

/**
 * One block as interleaved samples from −32,768 to 32,767.
 *
 * Heads of four bytes per channel (first sample, step index, 0), then groups of four bytes (eight samples) per
 * channel in turn.
 *
 * @throws RangeError if a head's step index is above 88
 */
export function decodeBlock(block: Buffer, channels: number): Int16Array {
  const frames = framesPerBlock(block.length, channels);
  const samples = new Int16Array(frames * channels);
  for (let channel = 0; channel < channels; channel++) {
    let value = block.readInt16LE(4 * channel);
    let index = block[4 * channel + 2];
    if (index >= STEPS.length) throw new RangeError(`step index ${index}`);
    samples[channel] = value;
    for (let frame = 1; frame < frames; frame++) {
      const group = (frame - 1) >> 3;
      const within = (frame - 1) & 7;
      const byte = block[4 * channels * (1 + group) + 4 * channel + (within >> 1)];
      const nibble = within & 1 ? byte >> 4 : byte & 15;
      const step = STEPS[index];
      let change = step >> 3;
      if (nibble & 1) change += step >> 2;
      if (nibble & 2) change += step >> 1;
      if (nibble & 4) change += step;
      value = Math.max(-32_768, Math.min(32_767, nibble & 8 ? value - change : value + change));
      index = Math.max(0, Math.min(88, index + INDEX_CHANGES[nibble & 7]));
      samples[frame * channels + channel] = value;
    }
  }
  return samples;
}
