/** Folder locks: a file beside the folder names the process that uses it. */
import fs from 'node:fs';
import { SerError } from './errors';
import { isRunning, writeFile } from './files';

/** Content of a lock file. */
interface Holder {
  process: number;
  /** Start time of the process in system ticks, which tells it from a later process with the same number. */
  began?: string;
  /** ISO 8601, UTC. */
  since: string;
}

/** Locks that this process holds. */
const held = new Set<string>();

/**
 * Takes a lock, held until `releaseLock` or the end of the process; taking it again does nothing.
 *
 * A lock of a process that has ended is void. Processes of other machines that share the folder are not detected.
 *
 * @param what name of the locked resource, for the message
 * @param wayOut alternative to waiting, for the message
 * @throws SerError `in-use` if another process holds it
 */
export function takeLock(file: string, what: string, wayOut: string): void {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const text = readText(file);
    const holder = text === undefined ? undefined : parse(text);
    if (holder && isHolding(holder)) {
      if (holder.process === process.pid && held.has(file)) return;
      throw new SerError(
        'in-use',
        `${what} is in use by process ${holder.process} since ${holder.since}; wait until it ends, stop it, or ${wayOut}`,
      );
    }
    if (text !== undefined) removeVoid(file, text);
    if (create(file)) {
      held.add(file);
      return;
    }
  }
  throw new SerError('in-use', `${what} is being claimed by several processes (${file}); try again, or ${wayOut}`);
}

/** Releases a lock, if this process holds it. */
export function releaseLock(file: string): void {
  if (held.delete(file)) fs.rmSync(file, { force: true });
}

const ATTEMPTS = 5;

/** Creates the file atomically with its content; false if it exists. */
function create(file: string): boolean {
  const holder: Holder = { process: process.pid, began: beginOf(process.pid), since: new Date().toISOString() };
  const own = `${file}.${process.pid}`;
  writeFile(own, `${JSON.stringify(holder)}\n`);
  try {
    fs.linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // Without hard links on this file system, exclusive creation is not guaranteed.
    fs.copyFileSync(own, file);
    return true;
  } finally {
    fs.rmSync(own, { force: true });
  }
}

/** Removes a void lock, unless another process has replaced it meanwhile. */
function removeVoid(file: string, text: string): void {
  const aside = `${file}.${process.pid}.void`;
  try {
    fs.renameSync(file, aside);
    if (readText(aside) !== text) fs.linkSync(aside, file);
  } catch {
    // Another process was faster.
  }
  fs.rmSync(aside, { force: true });
}

function readText(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Holder named by a lock file; undefined if the file is damaged. */
function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder;
    return Number.isInteger(holder.process) && holder.process > 0 ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isHolding({ process: id, began }: Holder): boolean {
  return isRunning(id) && (began === undefined || began === beginOf(id));
}

/** Start time of a process in clock ticks since boot; undefined if it ended, or not on Linux. */
function beginOf(processId: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${processId}/stat`, 'utf8');
    // The second field, the program's name in brackets, may hold spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
