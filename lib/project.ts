/** Paths of the project. */
import path from 'node:path';

/** The project folder, relative to lib/dist. */
export const PROJECT = path.resolve(__dirname, '..', '..');

/**
 * Path below the output folder: `data/` of the project, or SER_WORK if it is set.
 *
 * @example dataPath('runs') // <project>/data/runs
 */
export function dataPath(...parts: string[]): string {
  return path.join(process.env.SER_WORK ? path.resolve(process.env.SER_WORK) : path.join(PROJECT, 'data'), ...parts);
}

/** Path below the folder of large downloads: `.cache/` of the project, or SER_CACHE if it is set. */
export function cachePath(...parts: string[]): string {
  return path.join(
    process.env.SER_CACHE ? path.resolve(process.env.SER_CACHE) : path.join(PROJECT, '.cache'),
    ...parts,
  );
}

/** Path for messages, relative to the project folder if inside it. */
export function shown(file: string): string {
  const absolute = path.resolve(file);
  const relative = path.relative(PROJECT, absolute);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? absolute : relative;
}
