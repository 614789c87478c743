/** Writes zips with the same bytes on every day; reading is `archive.ts`'s. */
import fs from 'node:fs';
import zlib from 'node:zlib';
import { replaceFile } from '../../files';

/** One file, compressed and ready to be put into a zip. */
export interface ZipEntry {
  /** In ASCII. */
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
  return { name, size: content.length, checksum: zlib.crc32(content), method, data };
}

/** An entry of the table of contents, for a file that begins at `offset`. */
function directoryRecord({ name, size, checksum, method, data }: ZipEntry, offset: number): Buffer {
  const record = Buffer.alloc(46 + name.length);
  record.write('PK\x01\x02', 0, 'latin1');
  record.writeUInt16LE(0x0314, 4); // made on a Unix
  record.writeUInt16LE(20, 6); // version needed
  record.writeUInt16LE(0x0800, 8); // names in UTF-8
  record.writeUInt16LE(method, 10);
  record.writeUInt16LE(0x21, 14); // 1 January 1980
  record.writeUInt32LE(checksum, 16);
  record.writeUInt32LE(data.length, 20);
  record.writeUInt32LE(size, 24);
  record.writeUInt16LE(name.length, 28);
  record.writeUInt32LE((0o100644 << 16) >>> 0, 38); // an ordinary file
  record.writeUInt32LE(offset, 42);
  record.write(name, 46, 'latin1');
  return record;
}

/** The local header of an entry and its data: what a zip of one file begins with. */
export function localRecord(entry: ZipEntry): Buffer {
  const record = directoryRecord(entry, 0);
  // Both headers share the fields from the version to the lengths.
  return Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), record.subarray(6, 32), record.subarray(46), entry.data]);
}

/** Replaces `file` by a zip of these entries. */
export function writeZip(file: string, entries: readonly ZipEntry[]): void {
  replaceFile(file, (temporary) => {
    const descriptor = fs.openSync(temporary, 'wx');
    try {
      const directory: Buffer[] = [];
      let offset = 0;
      for (const entry of entries) {
        const record = localRecord(entry);
        fs.writeFileSync(descriptor, record);
        directory.push(directoryRecord(entry, offset));
        offset += record.length;
      }
      const end = Buffer.alloc(22);
      end.write('PK\x05\x06', 0, 'latin1');
      end.writeUInt16LE(entries.length, 8);
      end.writeUInt16LE(entries.length, 10);
      end.writeUInt32LE(Buffer.concat(directory).length, 12);
      end.writeUInt32LE(offset, 16);
      fs.writeFileSync(descriptor, Buffer.concat([...directory, end]));
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  });
}
