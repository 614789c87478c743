/** Writes a zip entry by entry, so that a corpus larger than memory could be zipped; reading is `archive.ts`'s. */
import fs from 'node:fs';
import zlib from 'node:zlib';

/** One file, compressed and ready to be put into a zip. */
export interface ZipEntry {
  name: string;
  /** Bytes before compression. */
  size: number;
  checksum: number;
  /** 8: deflated; 0: stored. */
  method: 0 | 8;
  data: Uint8Array;
}

/** Compresses one file, fast rather than small. */
export function zipEntry(name: string, content: Uint8Array, method: 0 | 8 = 8): ZipEntry {
  const data = method === 8 ? zlib.deflateRawSync(content, { level: 1 }) : content;
  return { name, size: content.length, checksum: crc32(content), method, data };
}

/** The local header of an entry and its data: what a zip of one file begins with. */
export function localRecord(entry: ZipEntry): Buffer {
  const name = Buffer.from(entry.name, 'utf8');
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  writeCommon(header, 4, entry, name.length);
  return Buffer.concat([header, name, entry.data]);
}

/** An open zip file. */
export class ZipWriter {
  private readonly descriptor: number;
  private readonly directory: Buffer[] = [];
  private offset = 0;

  constructor(file: string) {
    this.descriptor = fs.openSync(file, 'wx');
  }

  add(entry: ZipEntry): void {
    const name = Buffer.from(entry.name, 'utf8');
    const header = Buffer.alloc(46);
    header.writeUInt32LE(0x02014b50, 0);
    header.writeUInt16LE(0x0314, 4); // made on a Unix
    writeCommon(header, 6, entry, name.length);
    header.writeUInt32LE((0o100644 << 16) >>> 0, 38); // an ordinary file
    header.writeUInt32LE(this.offset, 42);
    this.directory.push(header, name);
    this.write(localRecord(entry));
  }

  /** Writes the table of contents and closes the file. */
  finish(): void {
    const directory = Buffer.concat(this.directory);
    const entries = this.directory.length / 2;
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(entries, 8);
    end.writeUInt16LE(entries, 10);
    end.writeUInt32LE(directory.length, 12);
    end.writeUInt32LE(this.offset, 16);
    this.write(directory);
    this.write(end);
    fs.fsyncSync(this.descriptor);
    this.close();
  }

  close(): void {
    fs.closeSync(this.descriptor);
  }

  private write(bytes: Buffer): void {
    for (let done = 0; done < bytes.length; ) done += fs.writeSync(this.descriptor, bytes, done);
    this.offset += bytes.length;
  }
}

/** The fields that the local header and the table of contents share. */
function writeCommon(header: Buffer, at: number, entry: ZipEntry, nameLength: number): void {
  header.writeUInt16LE(20, at); // version needed
  header.writeUInt16LE(0x0800, at + 2); // names in UTF-8
  header.writeUInt16LE(entry.method, at + 4);
  header.writeUInt16LE(0, at + 6);
  header.writeUInt16LE(0x21, at + 8); // 1 January 1980: the same bytes on every day
  header.writeUInt32LE(entry.checksum, at + 10);
  header.writeUInt32LE(entry.data.length, at + 14);
  header.writeUInt32LE(entry.size, at + 18);
  header.writeUInt16LE(nameLength, at + 22);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** The checksum of zip files; Node has its own only from 20.15 and 22.2 on. */
function crc32(bytes: Uint8Array): number {
  let checksum = ~0;
  for (let i = 0; i < bytes.length; i++) checksum = CRC_TABLE[(checksum ^ bytes[i]) & 0xff] ^ (checksum >>> 8);
  return ~checksum >>> 0;
}
