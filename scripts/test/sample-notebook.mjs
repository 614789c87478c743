/** Tiny notebooks for tests. */
import fs from 'node:fs';
import path from 'node:path';

/** Source of a cell; text starting with "# " makes a text cell. @typedef {string | { source: string, tags?: string[], outputs?: unknown[] }} Sample */

/**
 * Writes a notebook and returns its path.
 *
 * @param {string} folder
 * @param {string} name
 * @param {Sample[]} cells
 */
export function writeNotebook(folder, name, cells) {
  const file = path.join(folder, `${name}.ipynb`);
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'tslab', display_name: 'TypeScript', language: 'typescript' } },
    cells: cells.map(toCell),
  };
  fs.writeFileSync(file, JSON.stringify(notebook));
  return file;
}

/** @param {Sample} sample @param {number} index */
function toCell(sample, index) {
  const { source, tags = [], outputs = [] } = typeof sample === 'string' ? { source: sample } : sample;
  const cell = { id: `cell-${index}`, metadata: { tags }, source };
  if (source.startsWith('# ')) return { ...cell, cell_type: 'markdown' };
  return { ...cell, cell_type: 'code', outputs, execution_count: null };
}
