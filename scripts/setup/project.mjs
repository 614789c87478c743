/** Paths of the project, and functions that run other programs. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = path.resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** The path of something in the project. @param {string[]} parts */
export const inProject = (...parts) => path.join(root, ...parts);

/** Folder of large files that survive `npm ci`; SER_CACHE sets another, to share between checkouts. */
export const cache = process.env.SER_CACHE ? path.resolve(process.env.SER_CACHE) : inProject('.cache');

/** Output folder of the notebooks; SER_WORK sets another. */
export const workFolder = process.env.SER_WORK ? path.resolve(process.env.SER_WORK) : inProject('data');

/** The folder that the user called from; npm itself changes into the project's. */
export const callerFolder = process.env.INIT_CWD ?? process.cwd();

/** Absolute path of what the user named. @param {string} file */
export const fromCaller = (file) => path.resolve(callerFolder, file);

/** Error that the user can fix; the message says what is wrong and what to do. */
export class SetupError extends Error {}

/**
 * Runs a program with its output on the terminal.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {string} wayOut advice for the user if it fails
 * @param {number} [timeout] milliseconds; default none
 */
export function runLoudly(program, args, wayOut, timeout) {
  // Always on stderr, so that the output of a script stays its own.
  const { status, signal, error } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 2, 2], timeout });
  if (status !== 0) {
    const reason = error ? error.message : signal ? `it was stopped by ${signal}` : `exit code ${status}`;
    throw new SetupError(`${path.basename(program)} ${args.slice(0, 3).join(' ')} failed (${reason}). ${wayOut}`);
  }
}

/**
 * Runs a program silently.
 *
 * @param {string} program
 * @param {string[]} args
 * @returns what it printed to stdout, or undefined if it is missing or failed
 */
export function ask(program, args) {
  const { status, stdout } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout.trim() : undefined;
}

/** The text of a file, or undefined if there is none. @param {string} file */
export function readIfThere(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

/** Seconds in words, such as "0.4 s" or "2 min 5 s". @param {number} seconds */
export function inWords(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 60 ? `${Math.round(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** Message of an error, without its stack. @param {unknown} error */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
