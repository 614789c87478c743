/** With which software something was made. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readJson } from '../../files';
import { PROJECT } from '../../project';

/** The software behind a result. */
export interface Environment {
  /** Such as `v22.11.0`. */
  node: string;
  /** Such as `linux-x64`. */
  platform: string;
  /**
   * Threads that share one of TensorFlow's operations. Sums are formed in another order on another number of them, so
   * that only the same number gives the same weights, bit for bit.
   */
  threads: number;
  /** Installed versions of the packages that this project depends on. */
  packages: Record<string, string>;
  /** The commit of this project, ending in `-dirty` if files differ from it; absent outside a git checkout. */
  commit?: string;
}

/** Names the software that is running. */
export function describeEnvironment(): Environment {
  const commit = readCommit();
  return {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    threads: Number(process.env.TF_NUM_INTRAOP_THREADS) || os.availableParallelism(),
    packages: readPackages(),
    ...(commit === undefined ? {} : { commit }),
  };
}

function readPackages(): Record<string, string> {
  const manifest = path.join(PROJECT, 'package.json');
  if (!fs.existsSync(manifest)) return {};
  const { dependencies = {} } = readJson<{ dependencies?: Record<string, string> }>(manifest);
  const packages: Record<string, string> = {};
  for (const name of Object.keys(dependencies).sort()) {
    const installed = path.join(PROJECT, 'node_modules', name, 'package.json');
    if (fs.existsSync(installed)) packages[name] = readJson<{ version: string }>(installed).version;
  }
  return packages;
}

function readCommit(): string | undefined {
  try {
    // An exclude pattern for every tag leaves the plain hash.
    const options = ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'];
    return execFileSync('git', options, { cwd: PROJECT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined; // no git, or no checkout: the versions must do
  }
}
