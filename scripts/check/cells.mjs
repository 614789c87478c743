/**
 * Strict types of the notebooks' cells.
 *
 * The kernel checks each cell as it runs, but leniently. Here the cells of a notebook become one module, which the
 * project's own compiler reads as strictly as lib/; its messages name notebook, cell and line.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { declaredParameters } from '../run/notebooks.mjs';
import { compiler } from '../setup/build.mjs';
import { inProject } from '../setup/project.mjs';

/** Beside a notional `lib`, so that a cell's '../lib' means the same as in notebooks/; see `rootDirs`. */
const folder = inProject('.cache', 'cells');

/**
 * @param {import('../run/notebooks.mjs').Notebook[]} notebooks
 * @returns {string[]} what is wrong, one line each
 */
export function typeErrors(notebooks) {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const modules = new Map(notebooks.map((notebook) => [`${notebook.name}.ts`, toModule(notebook)]));
  for (const [name, { lines }] of modules) fs.writeFileSync(path.join(folder, name), lines.join('\n'));
  fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(configuration));
  const { stdout, status } = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], {
    encoding: 'utf8',
    cwd: folder,
  });
  if (status === 0) return [];
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => retell(line, modules));
}

const configuration = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2022', 'ESNext.Disposable'],
    module: 'esnext',
    moduleResolution: 'bundler',
    rootDirs: ['..', '../..'],
    types: ['node'],
    typeRoots: ['../../node_modules/@types'],
    strict: true,
    noUnusedLocals: true,
    noImplicitOverride: true,
    noEmit: true,
    skipLibCheck: true,
  },
  include: ['*.ts'],
};

/**
 * @typedef {object} Module
 * @property {string[]} lines
 * @property {{ cell: number, line: number }[]} origins where each line comes from
 */

/**
 * @param {import('../run/notebooks.mjs').Notebook} notebook
 * @returns {Module}
 */
function toModule(notebook) {
  /** @type {Module} */
  const module = { lines: [], origins: [] };
  const code = notebook.cells.filter(({ cell_type }) => cell_type === 'code');
  code.forEach(({ source, tags }, index) => {
    const lines = source.split('\n');
    // The runner may assign any value of a parameter's type here, so the compiler may not count on the one above.
    if (tags.includes('parameters')) {
      lines.push('declare function given<T>(read: () => T): T;');
      lines.push(...declaredParameters(notebook).map((name) => `${name} = given(() => ${name});`));
    }
    // Cells are apart; without this a line that starts with ( or [ would continue the cell before.
    lines.push(';');
    module.lines.push(...lines);
    module.origins.push(...lines.map((_, line) => ({ cell: index + 1, line: line + 1 })));
  });
  module.lines.push('export {};');
  return module;
}

/**
 * "1-data.ts(12,5): error …" as "1-data.ipynb, code cell 3, line 2: error …".
 *
 * @param {string} message
 * @param {Map<string, Module>} modules
 */
function retell(message, modules) {
  const [, file, line, rest] = /^(.+?)\((\d+),\d+\): (.*)$/.exec(message) ?? [];
  const origin = modules.get(file)?.origins[Number(line) - 1];
  return origin
    ? `${path.basename(file, '.ts')}.ipynb, code cell ${origin.cell}, line ${origin.line}: ${rest}`
    : message;
}
