/** Provenance of a run: its software, and its parameters compared with another's. */
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
  const { dependencies } = readJson<{ dependencies: object }>(path.join(PROJECT, 'package.json'));
  const versions = Object.keys(dependencies)
    .sort()
    .map((name) => [name, path.join(PROJECT, 'node_modules', name, 'package.json')])
    .filter(([, manifest]) => fs.existsSync(manifest))
    .map(([name, manifest]) => [name, readJson<{ version: string }>(manifest).version]);
  return Object.fromEntries(versions);
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

/**
 * Flattens nested values to text by path.
 *
 * @example flatten({ epochs: 60, features: { hopLength: 512 } }) // { epochs: '60', 'features.hopLength': '512' }
 */
export function flatten(value: object, path = ''): Record<string, string> {
  const entries = Object.entries(value).flatMap(([key, inner]: [string, unknown]): [string, string][] => {
    const nested = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    if (nested) return Object.entries(flatten(inner, `${path}${key}.`));
    return [[path + key, typeof inner === 'string' ? inner : (JSON.stringify(inner) ?? 'undefined')]];
  });
  return Object.fromEntries(entries);
}

/**
 * Lists the differences between two configurations as text for a message; empty if they are equal.
 *
 * @example differences({ epochs: 60 }, { epochs: 30 }) // ['epochs 60 → 30']
 */
export function differences(before: object, after: object): string[] {
  // As JSON has them: undefined is nothing.
  const [old, now] = [before, after].map((value) => flatten(JSON.parse(JSON.stringify(value)) as object));
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  return names
    .filter((name) => old[name] !== now[name])
    .map((name) => `${name} ${old[name] ?? 'absent'} → ${now[name] ?? 'absent'}`);
}
