/** The packages of package-lock.json, in node_modules. */
import fs from 'node:fs';
import { inProject, readIfThere, runLoudly } from './project.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }} Entry
 * @typedef {{ packages: Record<string, Entry> }} Lock
 */

/**
 * Arguments of npm: everything that is locked, also if NODE_ENV=production, npm_config_omit or a .npmrc of the user's
 * leaves out packages. Compilers and their programs for this machine are among those.
 */
export const INSTALL = ['ci', '--include=dev', '--include=optional', '--include=peer', '--no-audit', '--no-fund'];

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
    const wayOut = 'Check the network connection and the lines above, then run it again.';
    const npm = process.env.npm_execpath;
    if (npm?.endsWith('.js')) runLoudly(process.execPath, [npm, ...INSTALL], wayOut);
    else runLoudly(process.platform === 'win32' ? 'npm.cmd' : 'npm', INSTALL, wayOut);
  },
};

/** @returns {Lock} */
function readLock() {
  return JSON.parse(fs.readFileSync(inProject('package-lock.json'), 'utf8'));
}

/**
 * True if every package of the lock file is installed in its locked version.
 *
 * @param {Lock} lock
 * @param {Lock} installed
 */
export function matches(lock, installed) {
  return Object.entries(lock.packages).every(([folder, wanted]) => {
    const found = installed.packages[folder];
    if (folder === '') return true; // the project itself
    if (!found) return wanted.optional === true && !isForThisMachine(wanted);
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/** True if an optional package is required on this machine; only npm can detect the C library. @param {Entry} wanted */
function isForThisMachine({ os, cpu, libc }) {
  if (libc) return false;
  return (os ?? [process.platform]).includes(process.platform) && (cpu ?? [process.arch]).includes(process.arch);
}
