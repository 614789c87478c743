/** Ogg: pages, each with a checksum, that carry the packets of a stream (RFC 3533). */
import { badAudio } from './bad-audio';
import { crc32 } from './checksum';

/** One packet of the chosen stream. */
export interface OggPacket {
  bytes: Uint8Array;
  /** The page's position in the recording, in the codec's samples, on the last packet that ends on the page. */
  position?: number;
  /** Whether the stream ends with this packet. */
  last: boolean;
}

const CODECS: [string, string][] = [
  ['OpusHead', 'Opus'],
  ['\u0001vorbis', 'Vorbis'],
  ['\u007fFLAC', 'FLAC'],
  ['Speex   ', 'Speex'],
  ['\u0080theora', 'Theora video'],
];

/** The codecs that we decode. */
export type OggCodec = 'Opus' | 'Vorbis' | 'FLAC';

/** The first stream of sound that we can decode, and its packets. */
export interface OggStream {
  codec: OggCodec;
  packets: Generator<OggPacket>;
}

/** A page's facts. */
interface Page {
  serial: number;
  /** 1: continues a packet; 2: begins a stream; 4: ends it. */
  flags: number;
  position?: number;
  /** The packets' parts, and whether the last one goes on in the next page. */
  parts: Uint8Array[];
  unfinished: boolean;
}

/**
 * The pages of a file, each once its checksum is right; a page cut by the file's end is left out.
 *
 * @throws SerError `bad-audio` at a damaged page
 */
function* oggPages(bytes: Buffer, name: string): Generator<Page> {
  for (let at = 0; at + 27 <= bytes.length; ) {
    const damaged = (got: string): Error =>
      badAudio('decodeOgg', 'pages must be undamaged', `${got} at byte ${at}`, name);
    if (bytes.toString('latin1', at, at + 4) !== 'OggS' || bytes[at + 4] !== 0) throw damaged('no page');
    const segments = bytes[at + 26];
    const start = at + 27 + segments;
    if (start > bytes.length) return;
    const lengths = bytes.subarray(at + 27, start);
    let end = start;
    for (const length of lengths) end += length;
    if (end > bytes.length) return;
    if (crc32(bytes, at, end, at + 22) !== bytes.readUInt32LE(at + 22)) throw damaged('a wrong checksum');
    const parts: Uint8Array[] = [];
    let from = start;
    let to = start;
    for (const length of lengths) {
      to += length;
      if (length === 255) continue;
      parts.push(bytes.subarray(from, to));
      from = to;
    }
    const unfinished = lengths.at(-1) === 255;
    if (unfinished) parts.push(bytes.subarray(from, to));
    const position = bytes.readBigInt64LE(at + 6);
    yield {
      serial: bytes.readUInt32LE(at + 14),
      flags: bytes[at + 5],
      position: position < 0n ? undefined : Number(position),
      parts,
      unfinished,
    };
    at = end;
  }
}

/**
 * Finds the stream to decode.
 *
 * @throws SerError `bad-audio` if there is none of a codec that we decode
 */
export function openOgg(bytes: Buffer, name: string): OggStream {
  const others: string[] = [];
  for (const { serial, flags, parts } of oggPages(bytes, name)) {
    if (!(flags & 2)) break; // all streams begin before any goes on
    const magic = Buffer.from(parts[0] ?? []).toString('latin1', 0, 8);
    const codec = CODECS.find(([start]) => magic.startsWith(start))?.[1] ?? 'an unknown codec';
    if (codec === 'Opus' || codec === 'Vorbis' || codec === 'FLAC') {
      return { codec, packets: packetsOf(bytes, serial, name) };
    }
    others.push(codec);
  }
  const got = others.join(' and ') || 'no stream';
  throw badAudio('decodeOgg', 'Ogg must hold Vorbis, Opus or FLAC; convert the file first', got, name);
}

function* packetsOf(bytes: Buffer, serial: number, name: string): Generator<OggPacket> {
  let begun: Uint8Array[] = [];
  let ended = false;
  for (const page of oggPages(bytes, name)) {
    if (ended && page.flags & 2) {
      const rule = 'the file must hold one recording; split the chained ones first';
      throw badAudio('decodeOgg', rule, 'another after it', name);
    }
    if (page.serial !== serial) continue;
    ended = (page.flags & 4) !== 0;
    if (!(page.flags & 1)) begun = []; // what was begun is never continued
    const whole = page.parts.length - (page.unfinished ? 1 : 0);
    for (const [i, part] of page.parts.entries()) {
      begun.push(part);
      if (i >= whole) break;
      const packet = begun.length === 1 ? part : Buffer.concat(begun);
      begun = [];
      const final = i === whole - 1;
      yield { bytes: packet, position: final ? page.position : undefined, last: final && ended };
    }
  }
}

/** The error of a stream whose headers are missing. */
export function packetError(where: string, name: string): Error {
  return badAudio(where, 'the stream must begin with its headers', 'the end', name);
}
