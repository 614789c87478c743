/** Where things lie. */
import path from 'node:path';

/** The project's folder, seen from lib/dist. */
export const PROJECT = path.resolve(__dirname, '..', '..');

/**
 * A path below the folder that everything is written to: `data/` of the project, or SER_WORK where that is set.
 *
 * @example dataPath('runs') // <project>/data/runs
 */
export function dataPath(...parts: string[]): string {
  return path.join(process.env.SER_WORK ? path.resolve(process.env.SER_WORK) : path.join(PROJECT, 'data'), ...parts);
}

/** A path for messages: seen from the project's folder if it lies inside. */
export function shown(file: string): string {
  const absolute = path.resolve(file);
  const relative = path.relative(PROJECT, absolute);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? absolute : relative;
}
