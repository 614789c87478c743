/** Compiles lib/ to lib/dist, which notebooks import and tests run. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { inProject, SetupError } from './project.mjs';

/** The TypeScript compiler's program. */
export const compiler = inProject('node_modules', 'typescript', 'bin', 'tsc');

/** Brings lib/dist up to date; a few tenths of a second when nothing changed. */
export function buildLibrary() {
  removeOrphans();
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', inProject()], { encoding: 'utf8' });
  if (status !== 0) throw new SetupError(`lib/ does not compile:\n${stdout.trimEnd()}`);
}

/** Removes what was compiled from files that are gone: a test that was deleted would still run. */
function removeOrphans() {
  const output = inProject('lib', 'dist');
  if (!fs.existsSync(output)) return;
  for (const file of fs.readdirSync(output, { recursive: true, encoding: 'utf8' })) {
    const [, source] = /^(.*)\.(?:d\.ts|js|js\.map)$/.exec(file) ?? [];
    if (source && !fs.existsSync(inProject('lib', `${source}.ts`))) fs.rmSync(path.join(output, file));
  }
}
