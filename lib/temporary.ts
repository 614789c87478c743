/** Temporary file names beside their targets: on the same disk, so that a rename is atomic. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** A new name beside `target`, which includes the number of the writing process. */
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
