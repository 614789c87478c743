/** What kind of file it is, by its first bytes and never by its name. */
import { isUtf8 } from 'node:buffer';
import { hasFrames, id3Length } from './mp3';
import type { ByteSource } from './source';
import { isWav } from './wav-header';

/** A kind that we decode, and where it begins; or the name of one that we do not. */
export type Kind = { kind: 'WAV' | 'FLAC' | 'Ogg' | 'MP3'; start: number } | { kind: 'other'; is: string };

/** Bytes that tell kinds apart, and reach the second frame of an MP3 whose first comes late. */
const HEAD = 2 ** 15;

/** Beginnings of other kinds: bytes as hexadecimal digits, a dot for any digit. */
const OTHERS: [RegExp, string][] = [
  [/^.{8}66747970336770/, '3GP (AMR)'],
  [/^.{8}667479/, 'MP4 or M4A'],
  [/^1a45dfa3/, 'WebM or Matroska'],
  [/^464f524d.{8}414946[46]/, 'AIFF'],
  [/^464f524d.{8}41494643/, 'AIFF-C'],
  [/^2321414d52/, 'AMR'],
  [/^63616666/, 'CAF'],
  [/^2e736e64/, 'AU'],
  [/^7776706b/, 'WavPack'],
  [/^4d414320/, "Monkey's Audio"],
  [/^3026b275/, 'Windows Media (WMA)'],
  [/^726966662e91cf11/, 'Wave64'],
  [/^52494646.{8}41564920/, 'AVI'],
  [/^4d546864/, 'MIDI'],
  [/^fff[0189]/, 'AAC (ADTS)'],
  [/^504b0304/, 'a ZIP archive'],
  [/^25504446/, 'PDF'],
];

/** Tells the kind of a recording by its content. */
export function kindOf(source: ByteSource): Kind {
  if (isWav(source.read(0, 12))) return { kind: 'WAV', start: 0 };
  const head = source.read(0, HEAD);
  const magic = head.toString('latin1', 0, 4);
  if (magic === 'OggS') return { kind: 'Ogg', start: 0 };
  const tag = id3Length(head);
  const behind = source.read(tag, HEAD);
  if (behind.toString('latin1', 0, 4) === 'fLaC') return { kind: 'FLAC', start: tag };
  if (hasFrames(behind, tag > 0)) return { kind: 'MP3', start: tag };
  return { kind: 'other', is: describe(head) };
}

function describe(head: Buffer): string {
  if (head.length === 0) return 'an empty file';
  const start = head.toString('hex', 0, 16);
  const known = OTHERS.find(([pattern]) => pattern.test(start));
  if (known) return known[1];
  const beginning = head.subarray(0, 512);
  const printable = beginning.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13));
  // The last character may be cut in two.
  const text = printable && [0, 1, 2, 3].some((cut) => isUtf8(beginning.subarray(0, beginning.length - cut)));
  return text ? 'text' : `bytes ${head.toString('hex', 0, 4)} at its start`;
}
