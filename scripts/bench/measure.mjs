/** What benches share: medians and times, the machine, and programs that run apart. */
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import { fileURLToPath } from 'node:url';

export const cores = os.availableParallelism();

/** What the figures depend on. */
export const machineLine = `${cores} cores (${os.cpus()[0].model.trim()}), Node ${process.version}`;

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/**
 * Median of the ratios of each round, whose figures were taken close together, so that what else the machine does weighs
 * on both alike; undefined if one side was not measured.
 *
 * @param {readonly number[] | undefined} values @param {readonly number[] | undefined} others
 */
export const medianRatio = (values, others) =>
  values && others && median(values.map((value, round) => value / others[round]));

/** @param {() => unknown} work @returns {Promise<number>} seconds */
export async function seconds(work) {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** Prints figures, one a line. @param {string} title @param {Record<string, number | undefined>} figures @param {number} decimals */
export function printFigures(title, figures, decimals = 2) {
  console.log(`\n${title}`);
  for (const [name, value] of Object.entries(figures)) {
    console.log(`  ${name.padEnd(26)} ${value?.toFixed(decimals) ?? '–'}`);
  }
}

/**
 * Runs a script of ours in a process of its own.
 *
 * @param {string} url of the script
 * @param {readonly (string | number)[]} args
 * @param {NodeJS.ProcessEnv} [environment] variables beside those of this process
 * @returns {any} what it prints, from JSON
 */
export function runApart(url, args, environment = {}) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [fileURLToPath(url), ...args.map(String)], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Arguments of a script that was started by `runApart`; undefined if it was imported. @param {string} url of the script */
export const argumentsOf = (url) => (process.argv[1] === fileURLToPath(url) ? process.argv.slice(2) : undefined);
