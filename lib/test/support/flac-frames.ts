/** Takes FLAC apart and puts it together, for tests: frames and their checksums (RFC 9639). */

const table = (bits: number, polynomial: number): number[] =>
  Array.from({ length: 256 }, (_, byte) => {
    let rest = byte << (bits - 8);
    for (let bit = 0; bit < 8; bit++) rest = rest & (1 << (bits - 1)) ? (rest << 1) ^ polynomial : rest << 1;
    return rest & (2 ** bits - 1);
  });
const [TABLE_8, TABLE_16] = [table(8, 0x07), table(16, 0x8005)];

/** The checksum of a frame's header. */
export const crc8 = (bytes: Uint8Array): number => bytes.reduce((rest, byte) => TABLE_8[rest ^ byte], 0);

/** The checksum of a frame; 0 with its own two bytes at the end. */
export const crc16 = (bytes: Uint8Array): number =>
  bytes.reduce((rest, byte) => ((rest << 8) & 0xffff) ^ TABLE_16[(rest >> 8) ^ byte], 0);

/** A file's metadata, and its frames as views; for fixed block sizes and fewer than 128 frames. */
export function takeApart(bytes: Buffer): { head: Buffer; frames: Buffer[] } {
  const starts: number[] = [];
  for (let at = bytes.indexOf(0xff, 42); at >= 0 && at + 8 < bytes.length; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] !== 0xf8 || bytes[at + 4] !== starts.length) continue;
    const sizeCode = bytes[at + 2] >> 4;
    const length = 5 + (sizeCode === 6 ? 1 : sizeCode === 7 ? 2 : 0);
    if (crc8(bytes.subarray(at, at + length)) === bytes[at + length]) starts.push(at);
  }
  const frames = starts.map((start, index) => bytes.subarray(start, starts[index + 1] ?? bytes.length));
  return { head: bytes.subarray(0, starts[0]), frames };
}

/** Writes a frame's checksum anew after its bytes were changed. */
export function seal(frame: Buffer): void {
  frame.writeUInt16BE(crc16(frame.subarray(0, -2)), frame.length - 2);
}
