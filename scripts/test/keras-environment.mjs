/** Python environments with a real Keras each, apart from everything else. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { cache } from '../setup/project.mjs';
import { pythonEnvironment } from '../setup/python.mjs';

/** Versions of Keras that are tried, with a jax of their time, the smallest backend that they have. */
export const KERAS_VERSIONS = /** @type {const} */ ({
  '3.5.0': '0.4.38',
  '3.8.0': '0.4.38',
  '3.12.0': '0.5.3',
  '3.15.1': '0.10.2',
});

/**
 * The interpreter of an environment with this Keras, made under the cache folder the first time (minutes at most).
 *
 * @param {keyof typeof KERAS_VERSIONS} version
 * @returns {{ python: string } | { reason: string }} the reason if it cannot be had, such as no network
 */
export function kerasEnvironment(version) {
  const environment = path.join(cache, `keras-${version}`);
  const python = path.join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const complete = path.join(environment, 'complete.txt');
  if (fs.existsSync(complete)) return { python };
  const packages = [`keras==${version}`, `jax==${KERAS_VERSIONS[version]}`];
  /** @type {[string, string[]][]} */
  const steps = [
    [pythonEnvironment().python, ['-m', 'venv', '--clear', environment]],
    [python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1', ...packages]],
  ];
  for (const [program, args] of steps) {
    const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: 90_000 });
    if (status !== 0) {
      const last = error?.message ?? stderr?.trim().split('\n').at(-1);
      return { reason: `Keras ${version} could not be installed: ${last}` };
    }
  }
  fs.writeFileSync(complete, packages.join('\n'));
  return { python };
}
