/** Runs the missing steps in order, and reports each with its duration. */
import fs from 'node:fs';
import path from 'node:path';
import { inWords, SetupError } from './project.mjs';

/**
 * One step of the set-up.
 *
 * @typedef {object} Step
 * @property {string} title
 * @property {number} space maximum disk space in bytes, including downloads
 * @property {() => string} folder that the space is needed in
 * @property {() => boolean} ready true if the step is done; must be fast, since it is called at every start
 * @property {() => void | Promise<void>} work
 */

/**
 * @param {Step[]} steps in order; a later one may need an earlier one
 * @param {(line: string) => void} say
 */
export async function runSteps(steps, say) {
  checkSpace(steps.filter((step) => !step.ready()));
  for (const [index, step] of steps.entries()) {
    // Asked again, because an earlier step may have undone this one.
    if (step.ready()) continue;
    const started = performance.now();
    say(`[${index + 1}/${steps.length}] ${step.title} …`);
    await step.work();
    say(`[${index + 1}/${steps.length}] ${step.title}: done in ${inWords((performance.now() - started) / 1000)}`);
  }
}

/** @param {Step[]} missing */
function checkSpace(missing) {
  /** @type {Map<number, { folder: string, needed: number, free: number }>} */
  const disks = new Map();
  for (const step of missing) {
    const folder = existingParent(step.folder());
    const { bavail, bsize } = fs.statfsSync(folder);
    const id = fs.statSync(folder).dev;
    const disk = disks.get(id) ?? { folder, needed: 0, free: bavail * bsize };
    disks.set(id, { ...disk, needed: disk.needed + step.space });
  }
  for (const { folder, needed, free } of disks.values()) {
    if (free < needed) {
      throw new SetupError(
        `Not enough space: set-up needs about ${inGigabytes(needed)} on the disk of ${folder}, ${inGigabytes(free)} are free. ` +
          'Free some space, or move the largest part with SER_CACHE=/other/disk/folder.',
      );
    }
  }
}

/** @param {string} folder @returns {string} */
function existingParent(folder) {
  return fs.existsSync(folder) ? folder : existingParent(path.dirname(folder));
}

/** @param {number} bytes */
function inGigabytes(bytes) {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
