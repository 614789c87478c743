/** The packages of package-lock.json, in node_modules. */
import fs from 'node:fs';
import { inProject, readIfThere, runLoudly } from './project.mjs';

/** @typedef {{ packages: Record<string, { version?: string, integrity?: string, optional?: boolean }> }} Lock */

/** @type {import('./steps.mjs').Step} */
export const nodePackages = {
  title: 'Node packages',
  space: 0.6e9,
  folder: () => inProject(),
  // npm writes this list once an installation is whole, so it tells a half-made one too.
  ready() {
    const installed = readIfThere(inProject('node_modules', '.package-lock.json'));
    return installed !== undefined && matches(readLock(), JSON.parse(installed));
  },
  work() {
    const wayOut = 'Is the network there? If so, the lines above say more. Then run it again.';
    const args = ['ci', '--no-audit', '--no-fund'];
    const npm = process.env.npm_execpath;
    if (npm?.endsWith('.js')) runLoudly(process.execPath, [npm, ...args], wayOut);
    else runLoudly(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, wayOut);
  },
};

/** @returns {Lock} */
function readLock() {
  return JSON.parse(fs.readFileSync(inProject('package-lock.json'), 'utf8'));
}

/**
 * Whether everything that the lock file asks for is installed in that version.
 *
 * @param {Lock} lock
 * @param {Lock} installed
 */
export function matches(lock, installed) {
  return Object.entries(lock.packages).every(([folder, wanted]) => {
    const found = installed.packages[folder];
    if (folder === '') return true; // the project itself
    if (!found) return wanted.optional === true; // packages of other platforms
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}
