/** The notebooks, read as files: which there are, their cells, and the parameters that they declare. */
import fs from 'node:fs';
import path from 'node:path';
import { declaredTypes, toValue } from './parameters.mjs';

/**
 * @typedef {object} Cell
 * @property {'code' | 'markdown' | 'raw'} cell_type
 * @property {string} source
 * @property {string[]} tags
 * @property {unknown[]} outputs
 * @property {number | null} execution_count
 */

/**
 * @typedef {object} Notebook
 * @property {string} name such as 1-data
 * @property {string} path
 * @property {Cell[]} cells
 * @property {string | undefined} kernel
 * @property {string | undefined} language of the cells
 */

/**
 * The notebooks of a folder in the order of their names.
 *
 * @param {string} folder
 * @returns {Notebook[]}
 */
export function readNotebooks(folder) {
  const files = fs.readdirSync(folder).filter((file) => file.endsWith('.ipynb'));
  return files.sort().map((file) => readNotebook(path.join(folder, file)));
}

/** @param {string} file @returns {Notebook} */
export function readNotebook(file) {
  const { cells, metadata } = JSON.parse(fs.readFileSync(file, 'utf8'));
  return {
    name: path.basename(file, '.ipynb'),
    path: file,
    kernel: metadata.kernelspec?.name,
    language: metadata.language_info?.name ?? metadata.kernelspec?.language,
    cells: cells.map((/** @type {any} */ cell) => ({
      cell_type: cell.cell_type,
      source: Array.isArray(cell.source) ? cell.source.join('') : cell.source,
      tags: cell.metadata?.tags ?? [],
      outputs: cell.outputs ?? [],
      execution_count: cell.execution_count ?? null,
    })),
  };
}

/**
 * The names that the cell tagged `parameters` declares, one `let` a line.
 *
 * @param {Notebook} notebook
 */
export function declaredParameters(notebook) {
  return [...declaredTypes(notebook).keys()];
}

/**
 * The chosen notebooks, in order.
 *
 * @param {Notebook[]} notebooks
 * @param {string[] | undefined} only
 */
export function select(notebooks, only) {
  const names = notebooks.map(({ name }) => name);
  const unknown = only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0) {
    throw new Error(`--only: no notebook ${unknown.join(', ')}; there are ${names.join(', ')}`);
  }
  return only ? notebooks.filter(({ name }) => only.includes(name)) : notebooks;
}

/**
 * Distributes parameters: each notebook gets those that it declares, as values of the declared types.
 *
 * @param {Notebook[]} notebooks
 * @param {Record<string, string>} given as typed
 * @returns {Record<string, unknown>[]}
 * @throws Error if no notebook declares one, or a text is not of the declared type
 */
export function distribute(notebooks, given) {
  const declared = notebooks.map(declaredTypes);
  const known = [...new Set(declared.flatMap((types) => [...types.keys()]))];
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const list = known.length > 0 ? `known are ${known.sort().join(', ')}` : 'they declare none';
    throw new Error(`-p: no chosen notebook declares ${unknown.join(', ')}; ${list}`);
  }
  return declared.map((types) =>
    Object.fromEntries(
      Object.entries(given).flatMap(([name, text]) => {
        const type = types.get(name);
        return type ? [[name, toValue(name, text, type)]] : [];
      }),
    ),
  );
}
