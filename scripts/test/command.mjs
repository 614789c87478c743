/** Commands as tests run them, and folders that are removed after the tests. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after } from 'node:test';
import { inProject } from '../setup/project.mjs';

/** An empty folder, removed after the tests of the file. @param {string} name part of the folder's name */
export function temporaryFolder(name) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `ser-${name}-`));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Arguments of Node that run a command. @param {string} name such as "predict" @param {readonly string[]} args */
export const commandLine = (name, args) => [inProject('scripts', `${name}.mjs`), ...args];

/**
 * Runs a command to its end.
 *
 * @param {string} name such as "predict"
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [environment] variables beside those of this process
 */
export function runCommand(name, args, environment = {}) {
  return spawnSync(process.execPath, commandLine(name, args), {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    timeout: 1_200_000,
  });
}

/**
 * Runs a command whose output nobody reads, as in "… | head -0".
 *
 * @param {string} name
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [environment]
 */
export async function runWithoutReader(name, args, environment = {}) {
  const child = spawn(process.execPath, commandLine(name, args), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  child.stdout.destroy();
  const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { status, stderr };
}
