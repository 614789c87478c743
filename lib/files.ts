/** Atomic file replacement: temporary file, fsync, rename. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from './errors';
import { shown } from './project';
import { type Schema, SchemaFault } from './schema';

/** A new name beside `target`, which includes the number of the writing process: on the same disk, so that a rename is atomic. */
export function temporaryBeside(target: string): string {
  return `${target}.partial-${process.pid}-${randomBytes(4).toString('hex')}`;
}

/** Removes temporary files of killed processes beside `target`; those of running processes stay. */
export function removeLeftovers(target: string): void {
  const folder = path.dirname(target);
  const prefix = `${path.basename(target)}.partial-`;
  if (!fs.existsSync(folder)) return;
  for (const name of fs.readdirSync(folder)) {
    if (!name.startsWith(prefix)) continue;
    const owner = Number(name.slice(prefix.length).split('-')[0]);
    if (!isRunning(owner)) fs.rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

/** Tests whether a process with this number is running. */
export function isRunning(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return true; // not a name of ours: leave it alone
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Replaces `file` atomically with the output of `write`, creating its folder if needed. Readers see the old file or
 * the complete new one.
 *
 * If writing fails, as on a full disk, the old file stays and the error is thrown. Partial files of killed processes are
 * removed by the next write.
 *
 * @param write writes the file whose name it gets, and flushes it to disk
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

/** A value as the text of a JSON file: indented by two spaces, with a line break at the end. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Writes a value as JSON. */
export function writeJson(file: string, value: unknown): void {
  writeFile(file, jsonText(value));
}

/**
 * Reads a JSON file.
 *
 * @param schema of the content; default none, without validation
 * @param wayOut what to do about a damaged file, for the message
 * @throws SerError `bad-artefact` if the file cannot be read, is not JSON, or breaks the schema
 */
export function readJson<T>(file: string, schema?: Schema<T>, wayOut = 'restore the file'): T {
  const refuse = (rule: string, cause: unknown): SerError =>
    new SerError('bad-artefact', `readJson: ${shown(file)}${rule}; ${wayOut}`, { cause });
  let content: unknown;
  try {
    content = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw refuse(cause instanceof SyntaxError ? ` is not JSON (${reason})` : ` cannot be read (${reason})`, cause);
  }
  try {
    return schema ? schema(content, '') : (content as T);
  } catch (cause) {
    if (cause instanceof SchemaFault) throw refuse(`: ${cause.message}`, cause);
    throw cause;
  }
}
