/** Rules for the notebooks of the project. */
import { declaredParameters } from '../run/notebooks.mjs';

const LONGEST_CELL = 25;

/**
 * @param {import('../run/notebooks.mjs').Notebook} notebook
 * @returns {string[]} what is wrong, one line each
 */
export function violations(notebook) {
  const code = notebook.cells.filter(({ cell_type }) => cell_type === 'code');
  /** @type {string[]} */
  const found = [];
  const demand = (/** @type {boolean} */ kept, /** @type {string} */ message) => {
    if (!kept) found.push(`${notebook.name}.ipynb: ${message}`);
  };

  demand(notebook.kernel === 'tslab', `the kernel is tslab, got ${notebook.kernel}`);
  demand(notebook.language === 'typescript', `VS Code reads the language there: typescript, got ${notebook.language}`);
  demand(notebook.cells[0]?.cell_type === 'markdown', 'a text cell comes first');
  demand(code[1]?.tags.includes('parameters') ?? false, 'the second code cell is tagged "parameters"');
  demand(
    code.filter(({ tags }) => tags.includes('parameters')).length < 2,
    'one cell is tagged "parameters", not more',
  );
  code.forEach(({ source, outputs, execution_count }, index) => {
    const cell = `code cell ${index + 1}`;
    const lines = source.split('\n');
    demand(source.trim() !== '', `${cell} is empty`);
    demand(lines.length <= LONGEST_CELL, `${cell} has ${lines.length} lines; ${LONGEST_CELL} are enough`);
    demand(outputs.length === 0 && execution_count === null, `${cell} has outputs; clear them before committing`);
    demand(index === 0 || !lines.some((line) => /^import\b/.test(line)), `${cell} imports; the first cell does that`);
  });
  for (const name of declaredParameters(notebook)) {
    const uses = code.filter(({ source, tags }) => !tags.includes('parameters') && mentions(source, name));
    demand(uses.length > 0, `the parameter ${name} is not used`);
  }
  return found;
}

/** @param {string} source @param {string} name */
function mentions(source, name) {
  return new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`).test(source);
}
