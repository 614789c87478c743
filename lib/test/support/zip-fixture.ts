/** Zips made by hand, honest or hostile: every field can lie. */
import zlib from 'node:zlib';

/** One entry; what is left out is honest. */
export interface FixtureEntry {
  name: string;
  /** Bytes of the name; default UTF-8. */
  nameBytes?: Buffer;
  /** Compression method that the headers claim; default that of the data. */
  method?: number;
  data?: Buffer | string;
  /** Size that the headers claim. */
  declaredSize?: number;
  /** Unix mode, such as 0o120777 for a link. */
  mode?: number;
  /** General-purpose flags; 1 is "encrypted". */
  flags?: number;
  stored?: boolean;
}

/** The bytes of a zip with these entries. */
export function fixtureZip(entries: readonly FixtureEntry[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, data = '', declaredSize, mode = 0o100644, flags = 0, stored = false, method, ...raw } of entries) {
    const content = Buffer.from(data);
    const packed = stored ? content : zlib.deflateRawSync(content);
    const { nameBytes = Buffer.from(name) } = raw;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method ?? (stored ? 0 : 8), 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(declaredSize ?? content.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, nameBytes, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, rest, nameBytes]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

function crc32(bytes: Uint8Array): number {
  let checksum = ~0;
  for (const byte of bytes) {
    checksum ^= byte;
    for (let bit = 0; bit < 8; bit++) checksum = checksum & 1 ? 0xedb88320 ^ (checksum >>> 1) : checksum >>> 1;
  }
  return ~checksum >>> 0;
}

/** A WAV file with a few samples of silence. */
export function tinyWave(samples = 4): Buffer {
  const wave = Buffer.alloc(44 + 2 * samples);
  wave.write('RIFF', 0, 'latin1');
  wave.writeUInt32LE(wave.length - 8, 4);
  wave.write('WAVEfmt ', 8, 'latin1');
  wave.writeUInt32LE(16, 16);
  wave.writeUInt16LE(1, 20);
  wave.writeUInt16LE(1, 22);
  wave.writeUInt32LE(48_000, 24);
  wave.writeUInt32LE(96_000, 28);
  wave.writeUInt16LE(2, 32);
  wave.writeUInt16LE(16, 34);
  wave.write('data', 36, 'latin1');
  wave.writeUInt32LE(2 * samples, 40);
  return wave;
}
