/** Names for what is being written, beside what it will become: same disk, so that a rename finishes it at once. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** A new name beside `target`, which tells the process that is writing. */
export function temporaryBeside(target: string): string {
  return `${target}.partial-${process.pid}-${randomBytes(4).toString('hex')}`;
}

/** Removes what processes that were killed left beside `target`; what a living process writes stays. */
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

/** Whether a process of this number is running. */
export function isRunning(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return true; // not a name of ours: leave it alone
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
