/** Damages recordings at random: what a property test throws at the decoders. */
import { pageChecksum } from '../../audio/formats/ogg-pages';
import type { Random } from '../../random';
import { seal, takeApart } from './flac-frames';

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];

/** A damaged copy: flipped bits, extreme numbers in the header, a cut, a repeated or lost piece, or several of these. */
export function mutate(bytes: Buffer, others: readonly Buffer[], random: Random): Buffer {
  let mutated: Buffer = Buffer.from(bytes);
  for (let round = random.integer(1, 3); round > 0 && mutated.length > 8; round--) {
    const at = random.integer(0, mutated.length - 5);
    const early = random.integer(0, Math.min(120, mutated.length - 5));
    const length = random.integer(1, Math.min(400, mutated.length - at));
    switch (random.integer(0, 7)) {
      case 0:
        for (let flips = random.integer(1, 16); flips > 0; flips--) {
          mutated[random.integer(0, mutated.length - 1)] ^= 1 << random.integer(0, 7);
        }
        break;
      case 1:
        mutated[early] ^= 1 << random.integer(0, 7);
        break;
      case 2:
        mutated.writeUInt32LE(random.pick(EXTREMES), early);
        break;
      case 3:
        mutated.writeUInt16LE(random.pick(EXTREMES) & 0xffff, early);
        break;
      case 4:
        mutated = mutated.subarray(0, at);
        break;
      case 5:
        mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(at + length)]);
        break;
      case 6: {
        const piece = random.pick([mutated, ...others]);
        const from = random.integer(0, piece.length - 1);
        mutated = Buffer.concat([mutated.subarray(0, at), piece.subarray(from, from + length), mutated.subarray(at)]);
        break;
      }
      default:
        for (let i = at; i < at + length; i++) mutated[i] = random.integer(0, 255);
    }
  }
  return mutated;
}

/** Makes the checksums of a damaged Ogg file right again, so that the damage reaches the codec. */
export function repairOgg(bytes: Buffer): Buffer {
  for (let at = bytes.indexOf('OggS'); at >= 0 && at + 27 <= bytes.length; at = bytes.indexOf('OggS', at + 4)) {
    const start = at + 27 + bytes[at + 26];
    const end = bytes.subarray(at + 27, start).reduce((sum, length) => sum + length, start);
    if (end <= bytes.length) bytes.writeUInt32LE(pageChecksum(bytes.subarray(at, end)), at + 22);
  }
  return bytes;
}

/** Flips bits inside the frames of a FLAC file and makes their checksums right again. */
export function mutateFlacFrames(bytes: Buffer, random: Random): Buffer {
  const { head, frames } = takeApart(bytes);
  const mutated = frames.map((frame) => {
    const copy = Buffer.from(frame);
    for (let flips = random.uniform() < 0.1 ? random.integer(1, 4) : 0; flips > 0; flips--) {
      copy[random.integer(8, copy.length - 3)] ^= 1 << random.integer(0, 7);
    }
    seal(copy);
    return copy;
  });
  return Buffer.concat([head, ...mutated]);
}

/** A number in a file's structure: a size, a count, or the beginning of a chunk's content. */
interface Field {
  at: number;
  bytes: number;
  bigEndian: boolean;
}

/** Boxes of MP4 that hold boxes. */
const MP4_BOXES = /moov|trak|mdia|minf|stbl|edts|udta|mvex|moof|traf/;
/** Elements of Matroska that hold elements: header, segment, tracks, track, audio, cluster and block group. */
const MATROSKA_ELEMENTS = [0x1a45dfa3, 0x18538067, 0x1654ae6b, 0xae, 0xe1, 0x1f43b675, 0xa0];

/** The sizes and first numbers in the structure of WAV, AIFF, CAF, MP4, Matroska or WMA; none for other formats. */
export function structureOf(file: Buffer): Field[] {
  const fields: Field[] = [];
  const words = (start: number, end: number, bigEndian: boolean): void => {
    for (let at = start; at + 4 <= Math.min(end, start + 64); at += 4) fields.push({ at, bytes: 4, bigEndian });
  };
  const chunks = (start: number, sizeBytes: number, bigEndian: boolean): void => {
    for (let at = start; at + 4 + sizeBytes <= file.length; ) {
      fields.push({ at: at + 4, bytes: sizeBytes, bigEndian });
      const low = at + sizeBytes; // the lower four bytes of a size
      const length = bigEndian ? file.readUInt32BE(low) : file.readUInt32LE(low);
      words(at + 4 + sizeBytes, at + 4 + sizeBytes + length, bigEndian);
      at += 4 + sizeBytes + length + (sizeBytes === 4 ? length % 2 : 0);
    }
  };
  const boxes = (start: number, end: number): void => {
    for (let at = start; at + 8 <= end; ) {
      const length = file.readUInt32BE(at);
      fields.push({ at, bytes: 4, bigEndian: true });
      if (MP4_BOXES.test(file.toString('latin1', at + 4, at + 8))) boxes(at + 8, at + length);
      else words(at + 8, at + length, true);
      at += Math.max(8, length);
    }
  };
  const elements = (start: number, end: number): void => {
    for (let at = start; at + 2 < end; ) {
      const nameBytes = Math.min(4, Math.clz32(file[at]) - 23);
      const [name, place] = [file.readUIntBE(at, nameBytes), at + nameBytes];
      const sizeBytes = Math.min(8, Math.clz32(file[place] ?? 0) - 23);
      fields.push({ at: place, bytes: Math.min(4, sizeBytes), bigEndian: true });
      const tail = file.subarray(place + 1, place + sizeBytes);
      const length = tail.reduce((sum, byte) => 256 * sum + byte, file[place] & (2 ** (8 - sizeBytes) - 1));
      const body = place + sizeBytes;
      if (MATROSKA_ELEMENTS.includes(name)) elements(body, Math.min(end, body + length));
      else words(body, body + length, true);
      at = body + length;
    }
  };
  const objects = (start: number): void => {
    for (let at = start; at + 24 <= file.length; ) {
      const length = file.readUInt32LE(at + 16);
      fields.push({ at: at + 16, bytes: 4, bigEndian: false });
      const isHeader = at === 0;
      words(at + 24, isHeader ? at + 30 : at + length, false);
      at += isHeader ? 30 : Math.max(24, length);
    }
  };
  const magic = file.toString('latin1', 0, 12);
  if (/^(RIFF|RIFX|RF64|FORM)/.test(magic)) chunks(12, 4, /^(RIFX|FORM)/.test(magic));
  else if (magic.startsWith('caff')) chunks(8, 8, true);
  else if (/^....(ftyp|moov|wide|mdat)/s.test(magic)) boxes(0, file.length);
  else if (file.readUInt32BE(0) === MATROSKA_ELEMENTS[0]) elements(0, file.length);
  else if (file.readUInt32BE(0) === 0x3026b275) objects(0);
  return fields.filter(({ at, bytes }) => at + bytes <= file.length);
}

/** A copy with one to four wrong numbers in its structure. */
export function mutateStructure(file: Buffer, random: Random): Buffer {
  const fields = structureOf(file);
  const mutated = Buffer.from(file);
  for (let round = random.integer(1, 4); round > 0 && fields.length > 0; round--) {
    const { at, bytes, bigEndian } = random.pick(fields);
    const count = Math.min(bytes, 4);
    const place = bytes > 4 && bigEndian && random.uniform() < 0.8 ? at + bytes - 4 : at;
    const old = bigEndian ? file.readUIntBE(place, count) : file.readUIntLE(place, count);
    const values = [random.pick(EXTREMES), old + random.integer(-16, 16), random.integer(0, file.length), old * 256];
    const value = Math.abs(random.pick(values)) % 256 ** count;
    if (bigEndian) mutated.writeUIntBE(value, place, count);
    else mutated.writeUIntLE(value, place, count);
  }
  return mutated;
}

/** A damaged copy of a file of any format, half of them in its structure, with checksums that are right again. */
export function mutateFile(file: Buffer, others: readonly Buffer[], random: Random): Buffer {
  const isOgg = file.toString('latin1', 0, 4) === 'OggS';
  const isFlac = file.toString('latin1', 0, 4) === 'fLaC';
  if (random.uniform() < 0.5) {
    if (isFlac) return mutateFlacFrames(file, random);
    if (isOgg) return repairOgg(mutate(file, others, random));
    return mutateStructure(file, random);
  }
  return mutate(file, others, random);
}
