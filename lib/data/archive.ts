/**
 * Zip archives, unpacked whole or not at all. An archive comes from the network and is not trusted:
 * every name and size is checked before the first byte is written.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import AdmZip from 'adm-zip';
import { SerError } from '../errors';
import { readJson, removeLeftovers, temporaryBeside, writeJson } from '../files';
import { list, number, object, type Schema, text } from '../schema';
import { COMPRESSION, entryName, isLastPart, otherFormat, withoutPrefix } from './zip-layout';

/** Options of `unzipFile`. */
export interface UnzipOptions {
  /** Bytes that all entries together may unpack to; default 2 GiB (RAVDESS speech: 0.6 GB, Kaggle's copy 1.2 GB). */
  maxBytes?: number;
  /** Entries that the archive may hold, folders included; default 20,000. */
  maxEntries?: number;
  /** Chooses the files to unpack, by their name in the archive; default all. The others are named in `skipped`. */
  select?: (name: string) => boolean;
}

/** Result of `unzipFile`. */
export interface UnzippedArchive {
  /** The folder, as an absolute path. */
  folder: string;
  /** The unpacked files, relative to `folder`, with `/` between the parts, in the archive's order. */
  files: string[];
  /** Files of the archive that `select` left out. */
  skipped: string[];
}

/** Left in the unpacked folder: which archive it came from, and what must be there. */
interface Stamp {
  fingerprint: string;
  files: { name: string; size: number }[];
  skipped: string[];
}

const stampSchema: Schema<Stamp> = object({
  fingerprint: text,
  files: list(object({ name: text, size: number() })),
  skipped: list(text),
});

/** Advice for archives that are not read here. */
const UNPACK = 'unpack it by hand, such as with 7-Zip, and give the folder';

const STAMP = '.unzipped.json';
const MAX_BYTES = 2 * 1024 ** 3;
const MAX_ENTRIES = 20_000;
/** A zip ends with its table of contents, checksums included; 1 MiB covers that of 10,000 clips. */
const FINGERPRINT_BYTES = 1024 ** 2;

/**
 * Unpacks `zip` into `folder`; a second call on the same archive finds the files there and unpacks nothing.
 *
 * check every entry → unpack into a temporary folder beside → rename. Whatever fails, nothing half-unpacked stays.
 * What macOS adds (`__MACOSX`, `.DS_Store`) is left out. Names may have `\` between their parts, as Windows PowerShell 5
 * writes them, and be in UTF-8 or code page 437; whatever stands before the archive in its file is skipped.
 *
 * @throws SerError `bad-archive` if the file is no zip, cut short, damaged or split, asks for a password, has an entry
 *   compressed by other methods than deflate, names one file twice, names a file outside the folder, holds a link, or
 *   unpacks to more than `maxBytes`; or if `folder` holds other files
 * @example unzipFile('Audio_Speech_Actors_01-24.zip', 'data/corpora/ravdess').files.length // 1440
 */
export function unzipFile(zip: string, folder: string, options: UnzipOptions = {}): UnzippedArchive {
  const target = path.resolve(folder);
  const fingerprint = fingerprintArchive(zip);
  const present = readStamp(target);
  if (present?.fingerprint === fingerprint && isWhole(target, present)) return describe(target, present);
  if (!present && fs.existsSync(target) && fs.readdirSync(target).length > 0) {
    throw broken(`"${folder}" must be empty or from an earlier unzipFile, got other files; name a new folder`);
  }
  const entries = archiveEntries(zip, options);
  const { select = () => true } = options;
  const selected = new Set(entries.filter(({ name }) => select(name)));
  const skipped = entries.filter((entry) => !selected.has(entry)).map(({ name }) => name);

  removeLeftovers(target);
  const temporary = temporaryBeside(target);
  try {
    fs.mkdirSync(temporary, { recursive: true });
    for (const entry of selected) {
      const file = path.join(temporary, ...entry.name.split('/'));
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, entry.read(), { flag: 'wx' });
    }
    const stamp: Stamp = { fingerprint, files: Array.from(selected, ({ name, size }) => ({ name, size })), skipped };
    writeJson(path.join(temporary, STAMP), stamp);
    fs.rmSync(target, { recursive: true, force: true });
    renameUnlessThere(temporary, target, fingerprint);
    return describe(target, stamp);
  } catch (cause) {
    if (cause instanceof SerError) throw cause;
    throw broken(`"${zip}" could not be unpacked into "${folder}": ${message(cause)}`, cause);
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * A short text that tells archives apart by content, from the size and the table of contents at the end,
 * which holds every file's checksum; so it costs the same for any size.
 */
export function fingerprintArchive(zip: string): string {
  let descriptor: number;
  try {
    descriptor = fs.openSync(zip, 'r');
  } catch (cause) {
    throw broken(`the archive must be a readable file, got "${zip}" (${message(cause)})`, cause);
  }
  try {
    const status = fs.fstatSync(descriptor);
    if (!status.isFile()) throw broken(`the archive must be a zip file, got the folder "${zip}"`);
    const length = Math.min(status.size, FINGERPRINT_BYTES);
    const end = Buffer.alloc(length);
    fs.readSync(descriptor, end, 0, length, status.size - length);
    return createHash('sha256').update(`${status.size}\n`).update(end).digest('hex').slice(0, 16);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** One file of a checked archive. */
export interface CheckedEntry {
  name: string;
  size: number;
  /** @throws SerError `bad-archive` if the bytes are not those that were put in */
  read: () => Buffer;
}

/**
 * The archive's files, once every name and size has passed; their bytes are unpacked when asked for.
 *
 * @throws SerError `bad-archive` as `unzipFile`
 */
export function archiveEntries(zip: string, options: Omit<UnzipOptions, 'select'> = {}): CheckedEntry[] {
  const { maxBytes = MAX_BYTES, maxEntries = MAX_ENTRIES } = options;
  const bytes = fs.statSync(zip).size;
  if (bytes > maxBytes) throw broken(`an archive may have ${maxBytes} bytes, got ${bytes} in "${zip}"`);
  let entries: AdmZip.IZipEntry[];
  const content = fs.readFileSync(zip);
  if (isLastPart(content)) {
    throw broken(`"${zip}" is the last part of a split archive; unpack all parts with 7-Zip, and give the folder`);
  }
  let last = '';
  const decode = (name: Uint8Array): string => {
    last = entryName(name);
    return last;
  };
  // The types of adm-zip leave out `decoder`.
  const reading = { noSort: true, decoder: { efs: true, encode: (name: string) => Buffer.from(name), decode } };
  try {
    entries = new AdmZip(withoutPrefix(content), reading as Partial<AdmZip.InitOptions>).getEntries();
  } catch (cause) {
    const format = otherFormat(content);
    if (format) throw broken(`the archive must be a zip file, got ${format} in "${zip}"; ${UNPACK}`, cause);
    // The name in adm-zip's message is that of the first such error.
    const isTwice = message(cause).includes('Duplicate entry name');
    if (isTwice) throw broken(`each name may occur once, got "${last}" twice in "${zip}"; ${UNPACK}`, cause);
    throw broken(`"${zip}" is not a whole zip archive (${message(cause)}); download it again`, cause);
  }
  if (entries.length > maxEntries) {
    throw broken(`an archive may hold ${maxEntries} entries, got ${entries.length} in "${zip}"`);
  }
  const seen = new Set<string>();
  let total = 0;
  for (const { entryName: name, header } of entries) {
    checkName(name, zip);
    // On macOS and Windows two names that differ in case are one file.
    if (seen.has(name.toLowerCase())) {
      throw broken(`each name may occur once, got "${name}" twice in "${zip}"; ${UNPACK}`);
    }
    seen.add(name.toLowerCase());
    if (header.flags & 1) throw broken(`"${name}" in "${zip}" asks for a password; ${UNPACK}`);
    if (header.method !== 0 && header.method !== 8) {
      const method = COMPRESSION[header.method] ?? `method ${header.method}`;
      throw broken(`entries must be stored or deflated, got ${method} for "${name}" in "${zip}"; ${UNPACK}`);
    }
    const type = (header.attr >>> 16) & 0o170000;
    if (type !== 0 && type !== 0o100000 && type !== 0o040000) {
      throw broken(`only files and folders may be in an archive, got a link or device "${name}" in "${zip}"`);
    }
    total += header.size;
    if (total > maxBytes) throw broken(`"${zip}" may unpack to ${maxBytes} bytes, got at least ${total}`);
  }
  return entries
    .filter((entry) => !entry.isDirectory && !isMacLitter(entry.entryName))
    .map((entry) => ({
      name: entry.entryName,
      size: entry.header.size,
      read: () => readEntry(entry, zip),
    }));
}

/**
 * One file's bytes. adm-zip inflates up to the declared size and compares the checksum; what is left to check here is
 * an entry with fewer bytes than declared, or stored with more.
 */
function readEntry(entry: AdmZip.IZipEntry, zip: string): Buffer {
  const { size } = entry.header;
  let data: Buffer;
  try {
    data = entry.getData();
  } catch (cause) {
    throw broken(`"${entry.entryName}" in "${zip}" is damaged or larger than declared (${message(cause)})`, cause);
  }
  if (data.length !== size) {
    throw broken(`"${entry.entryName}" in "${zip}" must have the declared ${size} bytes, got ${data.length}`);
  }
  return data;
}

/** Refuses names that could reach outside the folder on any system. */
function checkName(name: string, zip: string): void {
  const outside = name.startsWith('/') || name.includes('\0') || /^[a-z]:/i.test(name) || name === '';
  if (outside || name.split('/').some((part) => part === '..')) {
    throw broken(`names must stay inside the folder, got ${JSON.stringify(name)} in "${zip}"`);
  }
}

/** The bytes of a zip that holds these files as they are, each stored without compression. */
export function zipBytes(files: Record<string, Uint8Array>): Buffer {
  const zip = new AdmZip();
  for (const [name, content] of Object.entries(files)) {
    zip.addFile(name, Buffer.from(content));
    const entry = zip.getEntry(name);
    if (entry) entry.header.method = 0;
  }
  return zip.toBuffer();
}

function isMacLitter(name: string): boolean {
  return name.split('/').some((part) => part === '__MACOSX' || part === '.DS_Store' || part.startsWith('._'));
}

function readStamp(folder: string): Stamp | undefined {
  try {
    return readJson(path.join(folder, STAMP), stampSchema);
  } catch {
    return undefined; // no stamp, or not ours
  }
}

/** True if every file that the stamp lists exists with its size. */
function isWhole(folder: string, stamp: Stamp): boolean {
  return stamp.files.every(({ name, size }) => {
    const status = fs.statSync(path.join(folder, name), { throwIfNoEntry: false });
    return status?.isFile() && status.size === size;
  });
}

function describe(folder: string, stamp: Stamp): UnzippedArchive {
  return { folder, files: stamp.files.map((file) => file.name), skipped: stamp.skipped };
}

/** Two processes may unpack one archive at once; the second to finish keeps the first one's folder. */
function renameUnlessThere(temporary: string, target: string, fingerprint: string): void {
  try {
    fs.renameSync(temporary, target);
  } catch (error) {
    if (readStamp(target)?.fingerprint !== fingerprint) throw error;
  }
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function broken(text: string, cause?: unknown): SerError {
  return new SerError('bad-archive', `unzipFile: ${text}`, { cause });
}
