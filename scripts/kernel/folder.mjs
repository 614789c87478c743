/** Loaded into each kernel: notebooks import ../lib, so one that is started elsewhere moves to the project's notebooks. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

const notebooks = fileURLToPath(new URL('../../notebooks', import.meta.url));

/** True if the kernel's folder belongs to the notebooks, or has a lib/ beside it as theirs does. */
function findsLibrary() {
  const folder = process.cwd();
  if (!path.relative(notebooks, folder).startsWith('..')) return true;
  return fs.existsSync(path.join(folder, '..', 'lib', 'package.json'));
}

// Threads inherit the option that loads this file, and must not change the folder.
if (isMainThread && !findsLibrary()) process.chdir(notebooks);
