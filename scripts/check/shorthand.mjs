/**
 * Two ways of writing that tslab 1.0.22 breaks: it renames the variables of earlier cells, but not inside `{ name }`.
 *
 * `{ seed }` with a `seed` from an earlier cell ends in "seed is not defined"; write `{ seed: seed }`.
 */
import { createRequire } from 'node:module';
import { inProject } from '../setup/project.mjs';

/**
 * @param {import('../run/notebooks.mjs').Notebook} notebook
 * @returns {string[]} what is wrong, one line each
 */
export function brokenShorthands(notebook) {
  // The kernel's own compiler, so that both read a cell alike. It is not there before set-up.
  const typescript = createRequire(inProject('package.json'))('@tslab/typescript-for-tslab');
  const code = notebook.cells.filter(({ cell_type }) => cell_type === 'code');
  /** @type {Set<string>} */
  const earlier = new Set();
  /** @type {string[]} */
  const found = [];
  code.forEach(({ source }, index) => {
    const file = typescript.createSourceFile('cell.ts', source, typescript.ScriptTarget.Latest, true);
    const own = declaredNames(typescript, file);
    /** @param {any} node @param {Set<string>} local names that a function's parameters hide */
    const visit = (node, local) => {
      const hidden = typescript.isFunctionLike(node) || typescript.isForOfStatement(node);
      const names = hidden ? new Set([...local, ...declaredNames(typescript, node)]) : local;
      if (typescript.isShorthandPropertyAssignment(node)) {
        const { text } = node.name;
        if (earlier.has(text) && !own.has(text) && !names.has(text)) {
          found.push(
            `${notebook.name}.ipynb: code cell ${index + 1} has { ${text} } of an earlier cell's variable, ` +
              `which the kernel cannot run; write { ${text}: ${text} }`,
          );
        }
      }
      typescript.forEachChild(node, (/** @type {any} */ child) => visit(child, names));
    };
    visit(file, new Set());
    for (const name of own) earlier.add(name);
  });
  return found;
}

/**
 * Names bound below a node, without going into the functions inside it.
 *
 * @param {any} typescript
 * @param {any} node
 * @returns {Set<string>}
 */
function declaredNames(typescript, node) {
  /** @type {Set<string>} */
  const names = new Set();
  /** @param {any} child */
  const visit = (child) => {
    const binds =
      typescript.isVariableDeclaration(child) ||
      typescript.isBindingElement(child) ||
      typescript.isParameter(child) ||
      typescript.isImportSpecifier(child);
    if (binds && typescript.isIdentifier(child.name)) names.add(child.name.text);
    if (!typescript.isFunctionLike(child)) typescript.forEachChild(child, visit);
  };
  typescript.forEachChild(node, visit);
  return names;
}
