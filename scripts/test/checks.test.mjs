import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typeErrors } from '../check/cells.mjs';
import { checks } from '../check/index.mjs';
import { brokenLinks } from '../check/links.mjs';
import { violations } from '../check/rules.mjs';
import { brokenShorthands } from '../check/shorthand.mjs';
import { phrasesIn } from '../check/words.mjs';
import { readNotebook } from '../run/notebooks.mjs';
import { inProject } from '../setup/project.mjs';
import { temporaryFolder } from './command.mjs';
import { writeNotebook } from './sample-notebook.mjs';

for (const [title, check] of Object.entries(checks)) {
  test(`nothing is wrong with the ${title}`, () => {
    const problems = check();
    assert.equal(problems.length, 0, `\n${problems.join('\n')}`);
  });
}

test('plain words are held in any letter case, with the place and the replacement', () => {
  const phrase = ['Told', 'right'].join(' ');
  const lines = phrasesIn(`Correct.\n${phrase}.`, 'a.md');
  assert.deepEqual(lines, [`a.md:2: "${phrase}"; write: correct, accuracy, recall`]);
});

test('links name files and headings that exist, code blocks aside', () => {
  const text = [
    '# A heading: of two parts',
    '[a](index.mjs) [b](#a-heading-of-two-parts) [c](https://example.org/none) [d](../../README.md#results)',
    '[e](none.md) [f](#none) [g](../../README.md#none)',
    '```',
    '[h](gone.md)',
    '```',
  ].join('\n');
  const broken = brokenLinks(inProject('scripts', 'check', 'sample.md'), text);
  assert.deepEqual(
    broken.map((line) => line.replace(/.*: /, '')),
    ['none.md', '#none', '../../README.md#none'],
  );
});

const folder = temporaryFolder('checks');

/** @param {import('./sample-notebook.mjs').Sample[]} cells @param {(notebook: import('../run/notebooks.mjs').Notebook) => void} look */
function withNotebook(cells, look) {
  look(readNotebook(writeNotebook(folder, 'sample', cells)));
}

test('rules accept a notebook that follows them', () => {
  withNotebook(
    ['# Title', "import os from 'node:os';", { tags: ['parameters'], source: 'let epochs = 5;' }, 'os.cpus(); epochs;'],
    (notebook) => assert.deepEqual(violations(notebook), []),
  );
});

test('rules name each cell that breaks one', () => {
  withNotebook(
    [
      'let first = 1;',
      'let notTagged = 1;',
      Array(26).fill('// long').join('\n'),
      "import os from 'node:os';",
      { source: 'first;', outputs: [{ output_type: 'stream', name: 'stdout', text: 'x' }] },
    ],
    (notebook) => {
      const found = violations(notebook).join('\n');
      assert.match(found, /a text cell comes first/);
      assert.match(found, /the second code cell is tagged "parameters"/);
      assert.match(found, /code cell 3 has 26 lines/);
      assert.match(found, /code cell 4 imports/);
      assert.match(found, /code cell 5 has outputs/);
    },
  );
});

test('rules find a parameter that nothing uses', () => {
  withNotebook(
    ['# T', "import os from 'node:os';", { tags: ['parameters'], source: 'let used = 1;\nlet idle = 2;' }, 'os; used;'],
    (notebook) => assert.deepEqual(violations(notebook), ['sample.ipynb: the parameter idle is not used']),
  );
});

test('type errors name notebook, cell and line', () => {
  withNotebook(['# T', 'const count = 1;', 'count;\nconst text: string = count;\ntext;'], (notebook) => {
    const errors = typeErrors([notebook]);
    assert.equal(errors.length, 1);
    assert.match(errors[0], /^sample\.ipynb, code cell 2, line 2: error TS2322/);
  });
});

test('cells are checked against the library that they import', () => {
  withNotebook(["import { parseClip, noSuchThing } from '../lib';", 'parseClip(5); noSuchThing;'], (notebook) => {
    const errors = typeErrors([notebook]).join('\n');
    assert.match(errors, /code cell 1, line 1: error TS2305: .*noSuchThing/);
    assert.match(errors, /code cell 2, line 1: error TS2345: .*'number'.*'string'/);
  });
});

test('a parameter keeps its declared type in later cells, whatever its value is', () => {
  const parameters = { tags: ['parameters'], source: "let protocol: 'actor' | 'original' = 'actor';" };
  withNotebook(["import os from 'node:os';\nos;", parameters, "protocol === 'original';"], (notebook) => {
    assert.deepEqual(typeErrors([notebook]), []);
  });
});

test('rules find { name } of an earlier cell, which the kernel cannot run, and no other', () => {
  withNotebook(
    [
      "import { sep } from 'node:path';",
      { tags: ['parameters'], source: 'let seed = 11;' },
      'const here = 1; console.log({ here });',
      '[1].map((seed) => ({ seed })); for (const { sep } of [{ sep: 1 }]) console.log({ sep });',
      'console.log({ seed, sep: sep });',
      'const f = () => console.log({ sep });',
    ],
    (notebook) => {
      const found = brokenShorthands(notebook);
      assert.equal(found.length, 2, found.join('\n'));
      assert.match(found[0], /code cell 5 has { seed }/);
      assert.match(found[1], /code cell 6 has { sep }/);
    },
  );
});
