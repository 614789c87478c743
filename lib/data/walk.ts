/** The files below a folder, whatever links, unreadable entries and names of foreign encodings it holds. */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from '../errors';

/** An entry below a folder. */
export interface FoundEntry {
  /** Path relative to the folder, for people: bytes that are not UTF-8 appear as `�`. */
  name: string;
  /** The whole path in the bytes of the file system, which on Linux need not be UTF-8. */
  path: Buffer;
}

/** An entry that cannot be read, and why; the folder itself has the name ''. */
export interface UnusableEntry extends FoundEntry {
  reason: string;
  /** True for a folder, which may hold anything. */
  folder: boolean;
}

/** Contents of a folder. */
export interface FolderContents {
  files: FoundEntry[];
  unusable: UnusableEntry[];
}

interface Place extends FoundEntry {
  /** Path with every link resolved. */
  real: Buffer;
}

/**
 * Lists the files below a folder: shallow before deep, by name within each folder, so that the order is always the same.
 *
 * Links are followed. Each folder is entered once and files are listed once, by their own path rather than a link's, so
 * links in circles do no harm. Hidden entries and `__MACOSX` are left out.
 *
 * Never throws: what the system refuses, the folder itself included, is listed under `unusable`.
 */
export function walkFolder(folder: string): FolderContents {
  const files: Place[] = [];
  const linkedFiles: Place[] = [];
  const unusable: UnusableEntry[] = [];
  const refuse = ({ name, path: at }: FoundEntry, reason: string, isFolder: boolean): void => {
    unusable.push({ name, path: at, reason, folder: isFolder });
  };

  const folders: Place[] = [];
  // Linked folders wait until all others are entered under their own names.
  const linkedFolders: Place[] = [];
  const follow = (entry: FoundEntry, isFolder: boolean): void => {
    try {
      const target = fs.statSync(entry.path);
      const place = { ...entry, real: fs.realpathSync.native(entry.path, 'buffer') };
      if (target.isDirectory()) linkedFolders.push(place);
      else if (target.isFile()) linkedFiles.push(place);
      else refuse(entry, NO_FILE, false);
    } catch (error) {
      refuse(entry, faultOf(error), isFolder);
    }
  };
  follow({ name: '', path: Buffer.from(path.resolve(folder)) }, true);
  const entered = new Set<string>();
  for (let own = 0, linked = 0; own < folders.length || linked < linkedFolders.length; ) {
    const current = own < folders.length ? folders[own++] : linkedFolders[linked++];
    const key = current.real.toString('latin1');
    if (entered.has(key)) continue;
    entered.add(key);
    try {
      for (const entry of entriesOf(current)) {
        const { place, type } = entry;
        if (type.isSymbolicLink()) follow(place, false);
        else if (type.isDirectory()) folders.push(place);
        else if (type.isFile()) files.push(place);
        else refuse(place, NO_FILE, false);
      }
    } catch (error) {
      refuse(current, faultOf(error), true);
    }
  }
  return { files: [...files, ...withoutListed(linkedFiles, files)], unusable };
}

const DOT = 0x2e;
const NO_FILE = 'a device, a pipe or a socket';

/** Links to files that are not listed under their own names. Two links to one outside file are two names, and stay. */
function withoutListed(links: Place[], files: readonly Place[]): Place[] {
  if (links.length === 0) return links;
  const listed = new Set(files.map(({ real }) => real.toString('latin1')));
  return links.filter(({ real }) => !listed.has(real.toString('latin1')));
}

/** Entries of a folder by name, without hidden ones. */
function entriesOf(folder: Place): { place: Place; type: fs.Dirent<Buffer> }[] {
  return fs
    .readdirSync(folder.path, { withFileTypes: true, encoding: 'buffer' })
    .sort((a, b) => Buffer.compare(a.name, b.name))
    .filter(({ name }) => name[0] !== DOT && name.toString() !== '__MACOSX')
    .map((type) => ({
      place: {
        name: path.join(folder.name, type.name.toString()),
        path: inFolder(folder.path, type.name),
        real: inFolder(folder.real, type.name),
      },
      type,
    }));
}

function inFolder(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from(folder.at(-1) === 0x2f ? '' : path.sep), name]);
}

/** Reasons why the system refuses a path, by the codes of Node's errors. */
const REASONS: Record<string, string> = {
  ENOENT: 'no such file or folder',
  ENOTDIR: 'no such file or folder',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long for the file system',
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
};

/** The reason of an error of the file system in words, or its message. */
export function faultOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return REASONS[code ?? ''] ?? code ?? String(error);
}

/**
 * A path as text by which the file can be opened.
 *
 * Text cannot hold bytes that are not UTF-8. For such a path a link of a plain name is made in the folder `links`: to
 * the folder of the file if the file's own name is UTF-8, so that the name stays, else to the file.
 *
 * @throws SerError `bad-corpus` if no link can be made
 */
export function plainPath(file: Buffer, links: string): string {
  if (isUtf8(file)) return file.toString();
  const end = file.lastIndexOf('/');
  const base = file.subarray(end + 1);
  const [target, rest] = isUtf8(base) ? [file.subarray(0, end), base.toString()] : [file, ''];
  const link = path.join(links, createHash('sha256').update(target).digest('hex').slice(0, 16));
  try {
    fs.mkdirSync(links, { recursive: true });
    fs.symlinkSync(target, link);
  } catch (cause) {
    // Of the same target: an earlier call made it.
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
      const rule = `a link to "${target}", whose name is not UTF-8, must be made in ${links}`;
      throw new SerError('bad-corpus', `plainPath: ${rule}, got ${faultOf(cause)}; rename it`, { cause });
    }
  }
  return path.join(link, rest);
}
