/** Ogg: pages, each with a checksum, that carry the packets of a stream (RFC 3533). */
import type { ByteSource } from '../source';

/** A whole page. */
interface Page {
  bytes: Buffer;
  serial: number;
  begins: boolean;
  ends: boolean;
}

/** The stream of sound in an Ogg file. */
export interface OggStream {
  codec: string;
  /** Its pages in order, up to its end or the first damage. */
  pages: Generator<Buffer>;
  /** Fault of the bytes behind the given pages, if there is one. */
  problem: () => 'damage' | 'another recording' | undefined;
}

const CODECS: [string, string][] = [
  ['OpusHead', 'Opus'],
  ['\u0001vorbis', 'Vorbis'],
  ['\u007fFLAC', 'FLAC'],
  ['Speex   ', 'Speex'],
];
/** Bytes of a page's fixed header. */
const HEADER = 27;

/** Finds the first stream of sound; undefined if there is none. */
export function openOgg(source: ByteSource, start: number): OggStream | undefined {
  for (const { bytes, serial, begins } of pagesOf(source, start)) {
    if (!begins) return undefined; // all streams begin before any continues
    const magic = bytes.toString('latin1', HEADER + bytes[26], HEADER + bytes[26] + 8);
    const codec = CODECS.find(([opening]) => magic.startsWith(opening))?.[1];
    if (codec === undefined) continue;
    let problem: ReturnType<OggStream['problem']>;
    const pages = function* (): Generator<Buffer> {
      problem = yield* streamPages(source, start, serial);
    };
    return { codec, pages: pages(), problem: () => problem };
  }
  return undefined;
}

/** The pages of one stream; returns what is wrong with what follows them. */
function* streamPages(
  source: ByteSource,
  start: number,
  serial: number,
): Generator<Buffer, 'damage' | 'another recording' | undefined> {
  let ended = false;
  const all = pagesOf(source, start);
  for (let next = all.next(); ; next = all.next()) {
    // Some writers leave bytes after the last page.
    if (next.done) return ended || next.value === 'end' ? undefined : 'damage';
    const page = next.value;
    if (ended && page.begins) return 'another recording';
    if (page.serial !== serial) continue;
    ended = page.ends;
    yield page.bytes;
  }
}

/** Pages one after the other while their checksums are right; returns whether they reach the file's end. */
function* pagesOf(source: ByteSource, start: number): Generator<Page, 'end' | 'damage'> {
  for (let at = start; at < source.size; ) {
    const head = source.read(at, HEADER + 255);
    if (head.length < HEADER || head.toString('latin1', 0, 4) !== 'OggS' || head[4] !== 0) return 'damage';
    const segments = head.subarray(HEADER, HEADER + head[26]);
    const length = segments.reduce((sum, segment) => sum + segment, HEADER + head[26]);
    const bytes = source.read(at, length);
    if (bytes.length < length || pageChecksum(bytes) !== bytes.readUInt32LE(22)) return 'damage';
    yield { bytes, serial: bytes.readUInt32LE(14), begins: (bytes[5] & 2) !== 0, ends: (bytes[5] & 4) !== 0 };
    at += length;
  }
  return 'end';
}

const POLYNOMIAL = 0x04c1_1db7;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = (byte << 24) >>> 0;
  for (let bit = 0; bit < 8; bit++) rest = rest & 0x8000_0000 ? (rest << 1) ^ POLYNOMIAL : rest << 1;
  return rest >>> 0;
});

/** A page's checksum: 32 bits, most significant first; its own four bytes count as zeros. */
export function pageChecksum(page: Uint8Array): number {
  let rest = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= 22 && i < 26 ? 0 : page[i];
    rest = ((rest << 8) ^ TABLE[(rest >>> 24) ^ byte]) >>> 0;
  }
  return rest;
}
