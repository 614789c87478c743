/** Set-up: everything that notebooks need to run. */
import path from 'node:path';
import { describeError } from '../errors.mjs';
import { describeExhaustion, needsOption, startAgain } from './address-space.mjs';
import { buildLibrary } from './build.mjs';
import { encoder } from './encoder.mjs';
import { kernelspec } from './kernelspec.mjs';
import { exclusively } from './lock.mjs';
import { nodePackages } from './node-packages.mjs';
import { inWords, readIfThere, SetupError } from './project.mjs';
import { pythonPackages } from './python.mjs';
import { runSteps } from './steps.mjs';
import { tensorflow } from './tensorflow.mjs';

const OLDEST_NODE = 20;
const usual = [nodePackages, pythonPackages, tensorflow, kernelspec];

/**
 * Runs the missing steps and builds lib/; silent if nothing is missing, unless `verbose`.
 *
 * @param {{ verbose?: boolean, withEncoder?: boolean }} [options] `withEncoder`: the pretrained encoder, too
 */
export async function setUp({ verbose = false, withEncoder = false } = {}) {
  const started = performance.now();
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    throw new SetupError(`Node ${process.versions.node} is too old; install Node ${OLDEST_NODE} or newer.`);
  }
  const notice = describeOtherNode(process.env.PATH ?? '');
  if (notice) console.error(notice);
  const steps = withEncoder ? [...usual, encoder] : usual;
  const missing = steps.filter((step) => !step.ready());
  if (missing.length > 0) {
    if (missing.includes(tensorflow)) console.error('Set-up: a few minutes the first time, mostly downloads.');
    await exclusively(() => runSteps(steps, console.error));
  }
  buildLibrary();
  const seconds = inWords((performance.now() - started) / 1000);
  if (missing.length > 0) console.error(`Set-up is complete (${seconds}).`);
  else if (verbose) console.error(`Set-up is complete; nothing was missing (${seconds}).`);
}

/**
 * Notice that npx was to run another Node than the one that runs. Its package gets the program from an install script,
 * which .npmrc turns off, so that npx falls back to the next Node on the PATH.
 *
 * @param {string} searchPath as in PATH
 * @returns {string | undefined} undefined if there is no such package, or its Node runs
 */
export function describeOtherNode(searchPath) {
  const packages = searchPath.split(path.delimiter).filter((folder) => path.basename(folder) === '.bin');
  const manifest = packages.map((folder) => readIfThere(path.join(folder, '..', 'node', 'package.json'))).find(Boolean);
  if (!manifest) return undefined;
  const { version } = JSON.parse(manifest);
  const running = process.versions.node;
  if (version === running) return undefined;
  const command = `npx --ignore-scripts=false -p node@${version} npm start`;
  return `npx fetched Node ${version} without its program (.npmrc turns install scripts off), so Node ${running} runs; use ${command}`;
}

/**
 * Runs the work of a script; errors that the user can fix are printed without a stack.
 *
 * @param {() => Promise<number>} work returns the exit code
 */
export async function runScript(work) {
  try {
    process.exitCode = await (needsOption() ? startAgain() : work());
  } catch (error) {
    const message = error instanceof SetupError ? error.message : (describeExhaustion(error) ?? describeError(error));
    console.error(`\n${message}`);
    process.exitCode = 1;
  }
}
