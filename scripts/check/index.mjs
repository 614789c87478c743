/** Static checks: types, style and layout. */
import { spawnSync } from 'node:child_process';
import { readNotebooks } from '../run/notebooks.mjs';
import { compiler } from '../setup/build.mjs';
import { inProject } from '../setup/project.mjs';
import { typeErrors } from './cells.mjs';
import { brokenLinks, documents } from './links.mjs';
import { violations } from './rules.mjs';
import { brokenShorthands } from './shorthand.mjs';
import { wordsToReplace } from './words.mjs';

const biome = inProject('node_modules', '@biomejs', 'biome', 'bin', 'biome');
const layers = inProject('lib', 'dist', 'test', 'layers.test.js');
const notebooks = () => readNotebooks(inProject('notebooks'));

/**
 * Checks by title; each returns its findings, one per line.
 *
 * @type {Record<string, () => string[]>}
 */
export const checks = {
  'types of scripts': () => complaints(compiler, ['-p', inProject('scripts'), '--pretty', 'false']),
  'types of notebook cells': () => typeErrors(notebooks()),
  'rules of notebooks': () =>
    notebooks().flatMap((notebook) => [...violations(notebook), ...brokenShorthands(notebook)]),
  'lint and format': () => complaints(biome, ['check', '--config-path=.biome.json', '--colors=off']),
  'links of documents': () => documents().flatMap((name) => brokenLinks(inProject(name))),
  'plain words': wordsToReplace,
  'layers of lib': () => complaints('--test', ['--test-reporter=dot', layers]),
};

/**
 * @param {string} program run by Node
 * @param {string[]} args
 */
function complaints(program, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: inProject(),
    encoding: 'utf8',
  });
  return status === 0 ? [] : `${stdout}${stderr}`.trimEnd().split('\n');
}
