/** MP4: puts the index of a recording before its sound, so that it can be decoded as it is read. */

import type { ByteSource } from '../source';
import { badAudio } from './bad-audio';

/** A box at the top level. */
interface Box {
  type: string;
  start: number;
  end: number;
}

/** Boxes that hold the way to an index's tables. */
const CONTAINERS = ['moov', 'trak', 'edts', 'mdia', 'minf', 'stbl', 'udta', 'sinf', 'wave', 'mvex', 'traf'];
/** Tables whose entries are counted in the four bytes at this offset: bytes of an entry, and where the entries begin. */
const TABLES: Record<string, { count: number; entry: number; first: number }> = {
  stco: { count: 4, entry: 4, first: 8 },
  co64: { count: 4, entry: 8, first: 8 },
  stsc: { count: 4, entry: 12, first: 8 },
  stts: { count: 4, entry: 8, first: 8 },
  stsz: { count: 8, entry: 4, first: 12 },
  elst: { count: 4, entry: 12, first: 8 },
};
/** Bytes of the largest index that is read; two hours of sound have about 2 MB. */
const LARGEST_INDEX = 2 ** 28;

/** Samples of one size, as of PCM: the decoder keeps 35 bytes for each, so more of them are left to ffmpeg. */
const MOST_EQUAL = 2 ** 23;

/** Content of an MP4 file, in the order in which a decoder needs it. */
export interface Mp4Layout {
  /** Parts of the file, from byte to byte, or bytes that take the place of a part. */
  parts: ({ start: number; end: number } | Buffer)[];
  /** End of the last box, in bytes, which may lie beyond the file's end. */
  end: number;
}

/**
 * Finds the index (`moov`) and moves it before the sound (`mdat`), with the places that it lists.
 *
 * @throws SerError `bad-audio` if there is no index, or its tables claim more entries than they hold or than may be decoded
 */
export function layOutMp4(source: ByteSource, start: number): Mp4Layout {
  const boxes = [...topBoxes(source, start)];
  const index = boxes.find(
    (box) => box.type === 'moov' && box.end <= source.size && box.end - box.start <= LARGEST_INDEX,
  );
  if (!index) {
    const rule = 'an MP4 recording must have its whole index (moov), which is written when recording ends';
    throw badAudio('decodeMp4', rule, 'none: it was interrupted or cut short', source.name);
  }
  const bytes = Buffer.from(source.read(index.start, index.end - index.start));
  const { end } = boxes[boxes.length - 1];
  const sound = boxes.find(({ type }) => type === 'mdat');
  const late = sound !== undefined && sound.start < index.start;
  visitTables(bytes, 0, bytes.length, source, late ? index.end - index.start : 0);
  const behind = { start: index.end, end: source.size };
  if (!late) return { parts: [{ start, end: index.start }, bytes, behind], end };
  return { parts: [{ start, end: sound.start }, bytes, { start: sound.start, end: index.start }, behind], end };
}

function* topBoxes(source: ByteSource, start: number): Generator<Box> {
  for (let at = start; at + 8 <= source.size; ) {
    const head = source.read(at, 16);
    let length = head.readUInt32BE(0);
    if (length === 0) length = source.size - at;
    if (length === 1 && head.length === 16) length = Number(head.readBigUInt64BE(8));
    if (length < 8 || !/^[\x20-\x7e\xa9]{4}$/.test(head.toString('latin1', 4, 8))) return; // bytes behind the end
    yield { type: head.toString('latin1', 4, 8), start: at, end: at + length };
    at += length;
  }
}

/** Checks every table of an index, and moves the places in its lists of chunks. */
function visitTables(index: Buffer, start: number, end: number, source: ByteSource, shift: number): void {
  for (let at = start; at + 8 <= end; ) {
    let length = index.readUInt32BE(at);
    // As the decoder reads them: to the end, and of 64 bits the lower 32.
    if (length === 0) length = end - at;
    else if (length === 1 && at + 16 <= end) length = index.readUInt32BE(at + 12);
    const type = index.toString('latin1', at + 4, at + 8);
    const stop = at + length;
    const table = TABLES[type];
    if (length < 8 || stop > end) return;
    if (CONTAINERS.includes(type)) visitTables(index, at + 8, stop, source, shift);
    if (table && length >= 8 + table.first) {
      const body = index.subarray(at + 8, stop);
      const count = body.readUInt32BE(table.count);
      const isConstant = type === 'stsz' && body.readUInt32BE(4) !== 0;
      if (isConstant && count > MOST_EQUAL) {
        throw badAudio('decodeMp4', `more than ${MOST_EQUAL} samples of one size are unsupported`, count, source.name);
      }
      const most = isConstant ? MOST_EQUAL : (body.length - table.first) / table.entry;
      if (count > most) throw badAudio('decodeMp4', `${type} must have at most ${most} entries`, count, source.name);
      for (let entry = 0, place = 8; entry < count; entry++, place += table.entry) {
        if (type === 'stco') body.writeUInt32BE((body.readUInt32BE(place) + shift) % 2 ** 32, place);
        if (type === 'co64') body.writeBigUInt64BE(body.readBigUInt64BE(place) + BigInt(shift), place);
      }
    }
    at = stop;
  }
}
