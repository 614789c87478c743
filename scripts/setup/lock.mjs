/** Lock against simultaneous set-ups of one project. */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cache } from './project.mjs';

/** In the cache, so that checkouts with a shared cache also wait for each other. */
export const lockFile = path.join(cache, 'setup.lock');

/**
 * Runs `work` under the lock; waits for a running set-up, and ignores the lock of one that died.
 *
 * @param {() => Promise<void>} work
 */
export async function exclusively(work) {
  fs.mkdirSync(cache, { recursive: true });
  for (let waiting = false; !takeLock(); waiting = true) {
    if (!waiting) console.error(`Another set-up is at work (process ${holder()}); waiting for it.`);
    await sleep(500);
  }
  try {
    await work();
  } finally {
    fs.rmSync(lockFile, { force: true });
  }
}

function takeLock() {
  if (fs.existsSync(lockFile) && !isAlive(holder())) fs.rmSync(lockFile, { force: true });
  try {
    fs.writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    return false;
  }
}

function holder() {
  try {
    return Number(fs.readFileSync(lockFile, 'utf8'));
  } catch {
    return 0; // just released
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
