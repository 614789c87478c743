/** Packs packets into an Ogg file: one stream, one page per packet. */
import { pageChecksum } from '../../audio/formats/ogg-pages';

/** What the pages say beside their packets. */
export interface OggFileOptions {
  /** The position that the page of a packet has reached; default −1, for none. */
  position?: (packet: number) => number;
  serial?: number;
}

/** The file's bytes. */
export function oggFile(packets: readonly Buffer[], { position = () => -1, serial = 7 }: OggFileOptions = {}): Buffer {
  const pages: Buffer[] = [];
  for (const [packet, bytes] of packets.entries()) {
    const whole = Math.floor(bytes.length / 255);
    const lengths = [...Array<number>(whole).fill(255), bytes.length % 255];
    // A page has at most 255 segments; what is longer goes on in the next page.
    for (let from = 0; from < lengths.length; from += 255) {
      const segments = lengths.slice(from, from + 255);
      const last = from + 255 >= lengths.length;
      const head = Buffer.alloc(27);
      head.write('OggS', 0, 'latin1');
      const end = last && packet === packets.length - 1;
      head[5] = (from > 0 ? 1 : 0) | (packet === 0 ? 2 : 0) | (end ? 4 : 0);
      head.writeBigInt64LE(BigInt(last ? position(packet) : -1), 6);
      head.writeUInt32LE(serial, 14);
      head.writeUInt32LE(pages.length, 18);
      head[26] = segments.length;
      const data = bytes.subarray(255 * from, 255 * from + segments.reduce((sum, length) => sum + length, 0));
      const page = Buffer.concat([head, Buffer.from(segments), data]);
      page.writeUInt32LE(pageChecksum(page), 22);
      pages.push(page);
    }
  }
  return Buffer.concat(pages);
}

/** The packets of a file of one stream. */
export function packetsOf(bytes: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  let begun: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const lengths = bytes.subarray(at + 27, at + 27 + bytes[at + 26]);
    at += 27 + lengths.length;
    for (const length of lengths) {
      begun.push(bytes.subarray(at, at + length));
      at += length;
      if (length === 255) continue;
      packets.push(Buffer.concat(begun));
      begun = [];
    }
  }
  return packets;
}
