import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import * as index from '../index';

const project = path.resolve(__dirname, '..', '..', '..');
const MOST_NAMES = 130;

/** Names in the braces of imports or exports: `{ a, type B } from '…'`. */
function namesIn(source: string, from: string): { name: string; isType: boolean }[] {
  const clauses = [...source.matchAll(new RegExp(`\\b(?:im|ex)port (type )?\\{([^}]*)\\} from '${from}'`, 'g'))];
  return clauses.flatMap(([, type, list]) =>
    list
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
      .map((item) => ({ name: item.replace(/^type /, ''), isType: type !== undefined || item.startsWith('type ') })),
  );
}

const listed = namesIn(fs.readFileSync(path.join(project, 'lib', 'index.ts'), 'utf8'), "\\./[^']+");

test(`the index exports at most ${MOST_NAMES} names`, () => {
  assert.ok(listed.length > 0 && listed.length <= MOST_NAMES, `${listed.length} names`);
});

test('the index exports at run time what its file lists', () => {
  const values = listed.filter(({ isType }) => !isType).map(({ name }) => name);
  assert.deepEqual(Object.keys(index).sort(), values.sort());
});

const notebooks = path.join(project, 'notebooks');
for (const file of fs.readdirSync(notebooks).filter((name) => name.endsWith('.ipynb'))) {
  test(`the index exports all that ${file} imports`, () => {
    const { cells } = JSON.parse(fs.readFileSync(path.join(notebooks, file), 'utf8'));
    const code = cells.filter((cell: { cell_type: string }) => cell.cell_type === 'code');
    const imported = namesIn(
      code.map(({ source }: { source: string[] }) => [source].flat().join('')).join('\n'),
      '\\.\\./lib',
    );
    const exported = new Set(listed.map(({ name }) => name));
    assert.ok(imported.length > 0);
    assert.deepEqual(
      imported.map(({ name }) => name).filter((name) => !exported.has(name)),
      [],
    );
  });
}
