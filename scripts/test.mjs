/** `npm test`: every check and test in one run, so that its count of them ends the output. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { runScript, setUp } from './setup/index.mjs';
import { inProject } from './setup/project.mjs';

await runScript(async () => {
  await setUp();
  const files = [
    ...testsIn(inProject('lib', 'dist', 'test'), '.test.js'),
    ...testsIn(inProject('scripts', 'test'), '.test.mjs'),
  ];
  const options = ['--test', '--test-reporter=spec', '--test-concurrency=2'];
  return spawnSync(process.execPath, [...options, ...files], { cwd: inProject(), stdio: 'inherit' }).status ?? 1;
});

/** @param {string} folder @param {string} ending */
function testsIn(folder, ending) {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}/${file}`);
}
