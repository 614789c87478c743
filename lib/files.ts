/** Files are written whole or not at all: temporary file, fsync, rename. */
import fs from 'node:fs';
import path from 'node:path';
import { removeLeftovers, temporaryBeside } from './temporary';

/**
 * Puts what `write` makes in the place of `file`, making its folder where needed; readers see the old file or the whole
 * one.
 *
 * Where writing fails, as on a full disk, the old file stays and the error is thrown; what a killed process left
 * half-written goes with the next writing.
 *
 * @param write makes the file that it is given the name of, and sees it onto the disk
 */
export function replaceFile(file: string, write: (temporary: string) => void): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  // A link stays a link, and its target is replaced.
  const target = fs.existsSync(file) ? fs.realpathSync(file) : file;
  removeLeftovers(target);
  const temporary = temporaryBeside(target);
  try {
    write(temporary);
    fs.renameSync(temporary, target);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/** Writes `content` to `file` as `replaceFile` does. (write-file-atomic 7 misses a write that the disk cuts short.) */
export function writeFile(file: string, content: string | Uint8Array): void {
  replaceFile(file, (temporary) => {
    const descriptor = fs.openSync(temporary, 'wx');
    try {
      fs.writeFileSync(descriptor, content);
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  });
}

/** Writes a value as JSON, indented by two spaces, with a line break at the end. */
export function writeJson(file: string, value: unknown): void {
  writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** Reads a JSON file. The caller vouches for its shape. */
export function readJson<T>(file: string): T {
  return JSON.parse(fs.readFileSync(file, 'utf8')) as T;
}
