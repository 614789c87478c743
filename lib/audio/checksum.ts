/** Cyclic redundancy checks, most significant bit first, as FLAC (8 and 16 bits) and Ogg (32 bits) use them. */

function table(bits: number, polynomial: number): Uint32Array {
  const top = 2 ** (bits - 1);
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = (byte << (bits - 8)) >>> 0;
    for (let bit = 0; bit < 8; bit++)
      rest = ((rest & top ? (rest << 1) ^ polynomial : rest << 1) & (2 * top - 1)) >>> 0;
    return rest;
  });
}

const TABLE_8 = Uint8Array.from(table(8, 0x07));
const TABLE_16 = Uint16Array.from(table(16, 0x8005));
const TABLE_32 = table(32, 0x04c1_1db7);

/** FLAC's check of a frame header. */
export function crc8(bytes: Uint8Array, from: number, to: number): number {
  let rest = 0;
  for (let i = from; i < to; i++) rest = TABLE_8[rest ^ bytes[i]];
  return rest;
}

/** FLAC's check of a frame, one byte further; 0 after a frame and its check. */
export function nextCrc16(rest: number, byte: number): number {
  return ((rest << 8) & 0xffff) ^ TABLE_16[(rest >> 8) ^ byte];
}

/** Ogg's check of a page whose own four bytes of check, from `hole` on, count as zeros. */
export function crc32(bytes: Uint8Array, from: number, to: number, hole: number): number {
  let rest = 0;
  for (let i = from; i < to; i++) {
    const byte = i >= hole && i < hole + 4 ? 0 : bytes[i];
    rest = ((rest << 8) ^ TABLE_32[(rest >>> 24) ^ byte]) >>> 0;
  }
  return rest;
}
