/** Properties of zip archives that the zip library misreads: encodings of names, prefixes, split archives. */

/** Characters 128 to 255 of code page 437, in which zip archives have their names unless these are UTF-8. */
const CODE_PAGE_437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The name of an entry, with `/` between its parts.
 *
 * Bytes that are UTF-8 are read as such whatever the entry's flag, others as code page 437. Windows PowerShell 5 writes
 * `\` between the parts.
 */
export function entryName(bytes: Uint8Array): string {
  let name: string;
  try {
    name = utf8.decode(bytes);
  } catch {
    name = Array.from(bytes, (byte) => (byte < 128 ? String.fromCharCode(byte) : CODE_PAGE_437[byte - 128])).join('');
  }
  return name.replaceAll('\\', '/');
}

/** Compression methods by their number in a header; those that are read here are `stored` and `deflate`. */
export const COMPRESSION: Readonly<Record<number, string>> = {
  ...{ 0: 'stored', 8: 'deflate' },
  ...{ 1: 'Shrink', 6: 'Implode', 9: 'Deflate64', 12: 'bzip2', 14: 'LZMA', 93: 'Zstandard', 95: 'XZ', 98: 'PPMd' },
};

/** First bytes of files that are taken for zip archives, with what they are. */
const OTHERS: readonly [string, string][] = [
  ['7z\xbc\xaf\x27\x1c', 'a 7z archive'],
  ['Rar!', 'a RAR archive'],
  ['\x1f\x8b', 'a gzip file'],
  ['\xfd7zXZ', 'an xz file'],
  ['<!DOCTYPE', 'a web page'],
  ['<html', 'a web page'],
  ['version https://git-lfs', 'a pointer of Git LFS without its file'],
];

/** The kind of a file that is no zip archive, by its first bytes; undefined if unknown. */
export function otherFormat(bytes: Buffer): string | undefined {
  const start = bytes.toString('latin1', 0, 32).toLowerCase();
  return OTHERS.find(([signature]) => start.startsWith(signature.toLowerCase()))?.[1];
}

const DIRECTORY = Buffer.from('PK\x01\x02', 'latin1');
const END = Buffer.from('PK\x05\x06', 'latin1');
const END_64 = Buffer.from('PK\x06\x06', 'latin1');
const LOCATOR_64 = Buffer.from('PK\x06\x07', 'latin1');
const END_LENGTH = 22;
const LOCATOR_LENGTH = 20;
/** Bytes of the longest comment after the end record. */
const COMMENT = 0xffff;

/** Position of an archive's table of contents, from the record at its end. */
interface End {
  /** Number of the disk, from 0: above 0 in the last part of a split archive. */
  disk: number;
  /** First byte of the table of contents, from the archive's own start. */
  offset: number;
  /** The same from the file's start. */
  position: number;
}

/** Reads the record at the end; undefined if there is none. */
function readEnd(bytes: Buffer): End | undefined {
  const from = bytes.length - END_LENGTH;
  const at = from < 0 ? -1 : bytes.lastIndexOf(END, from);
  if (at < Math.max(0, from - COMMENT)) return undefined;
  const locator = at - LOCATOR_LENGTH;
  const has64 = locator > 0 && bytes.subarray(locator, locator + 4).equals(LOCATOR_64);
  const at64 = has64 ? bytes.lastIndexOf(END_64, locator) : -1;
  if (at64 >= 0 && at64 + 56 <= locator) {
    const [size, offset] = [40, 48].map((field) => Number(bytes.readBigUInt64LE(at64 + field)));
    return { disk: bytes.readUInt32LE(at64 + 16), offset, position: at64 - size };
  }
  const [size, offset] = [12, 16].map((field) => bytes.readUInt32LE(at + field));
  return { disk: bytes.readUInt16LE(at + 4), offset, position: at - size };
}

/**
 * The archive without what stands before it in its file, such as a program that unpacks it.
 *
 * @returns the same bytes if nothing stands there, or the offsets count from the file's start
 */
export function withoutPrefix(bytes: Buffer): Buffer {
  const end = readEnd(bytes);
  const prefix = end ? end.position - end.offset : 0;
  const isThere = end && prefix > 0 && bytes.subarray(end.position, end.position + 4).equals(DIRECTORY);
  return isThere ? bytes.subarray(prefix) : bytes;
}

/** True for the last part of a split archive, whose table of contents points into other files. */
export function isLastPart(bytes: Buffer): boolean {
  return (readEnd(bytes)?.disk ?? 0) > 0;
}
