import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { evaluateProtocol, saveMetrics } from '../../lib/dist/evaluation/evaluate-run.js';
import { foldsOf } from '../../lib/dist/evaluation/protocols.js';
import { utteranceTrainer } from '../../lib/dist/models/utterance/recipe.js';
import { tinyRun } from '../../lib/dist/test/support/tiny-run.js';
import { toyStore } from '../../lib/dist/test/support/toy-store.js';
import { openRun } from '../../lib/dist/training/runs/run.js';
import { trainProtocol } from '../../lib/dist/training/train.js';
import { runCommand, runWithoutReader, temporaryFolder } from './command.mjs';
import { assertPagesOpenOffline } from './pages.mjs';

const folder = temporaryFolder('compare');
const pages = path.join(folder, 'rendered');
before(async () => {
  await makeNetwork('short', 2);
  await makeNetwork('long', 3);
  for (const seed of [11, 12]) await makeLinear(`linear-${seed}`, seed);
});

/** An evaluated run of the original network. @param {string} name @param {number} epochs */
async function makeNetwork(name, epochs) {
  const { run } = await tinyRun(folder, { name, epochs });
  saveMetrics(run, [evaluateProtocol(run, 'actor-split')]);
}

/** A run of a model without epochs, so without curves; not evaluated. @param {string} name @param {number} seed */
async function makeLinear(name, seed) {
  const store = toyStore([1, 2, 3, 4]);
  const { clips } = store.manifest;
  const [versions, features] = [5, 4];
  const values = Float32Array.from({ length: clips.length * versions * features }, (_, n) => Math.sin(n));
  const trainer = utteranceTrainer(store, { values, versions, features });
  const run = openRun({
    root: path.join(folder, 'runs'),
    name,
    seed,
    corpus: { kind: 'practice', description: 'toy', clips: clips.length, fingerprint: 'toy' },
    configuration: { protocol: 'actor-split', ...trainer.configuration },
  });
  const folds = foldsOf('actor-split', clips, { testActors: [4] });
  await trainProtocol({ run, store, trainer, protocol: 'actor-split', folds, seed });
  run.finish();
}

const environment = { SER_WORK: folder, INIT_CWD: folder };
/** @param {string[]} args */
const compare = (...args) => runCommand('compare', args, environment);

/** The page, which must be whole and alone. @param {string} name */
function readPage(name) {
  assert.ok(fs.readdirSync(pages).includes(name), `no ${name}`);
  assert.deepEqual(
    fs.readdirSync(pages).filter((file) => !file.endsWith('.html')),
    [],
  );
  const page = fs.readFileSync(path.join(pages, name), 'utf8');
  assert.match(page, /^<!DOCTYPE html>\n[\s\S]*<\/html>\n$/);
  return page.slice(page.indexOf('<body>')); // after Plotly
}

test('compare shows parameters, figures with intervals, curves and the paired test of two runs', () => {
  const { status, stdout, stderr } = compare('short', 'long');
  assert.equal(status, 0, stderr);
  const interval = String.raw`\d+\.\d % to \d+\.\d %`;
  for (const name of ['short', 'long'])
    assert.match(stdout, new RegExp(`\n${name} +actor-split .* ${interval} .* ${interval} `));
  assert.match(stdout, /Parameters that differ\nparameter +short +long\n.*\nepochs +2 +3\n/);
  assert.match(stdout, /Compared with short, paired by clip\n.*\n.*\nlong +\S+ points /);
  assert.match(stdout, /short: 2 epochs, lowest .*\n.*long: 3 epochs, lowest/);
  assert.match(stdout, /Page: rendered\/compare\.html\n$/);
  const body = readPage('compare.html');
  for (const text of ['short', 'long', 'Parameters that differ', 'paired by clip', 'class="ser-figure"'])
    assert.ok(body.includes(text), `the page lacks ${text}`);
});

test('compare omits the curves if no run has any, and reports runs that were not evaluated', () => {
  const { status, stdout, stderr } = compare('linear-11', 'linear-12', '--out', path.join('rendered', 'linear.html'));
  assert.equal(status, 0, stderr);
  for (const name of ['linear-11', 'linear-12']) assert.match(stdout, new RegExp(`\n${name} .*not evaluated`));
  assert.match(stdout, /\nseed +11 +12\n/);
  assert.doesNotMatch(stdout, /Validation loss|epochs, lowest/);
  const body = readPage('linear.html');
  assert.ok(body.includes('linear-12'));
  assert.ok(!body.includes('ser-figure'), 'the page has a figure');
});

test('compare draws the curves of the runs that have some, and leaves out one that has none', () => {
  const { status, stdout, stderr } = compare('linear-11', 'long', '--out', path.join('rendered', 'mixed.html'));
  assert.equal(status, 0, stderr);
  assert.match(stdout, /Validation loss of each run\n.*long: 3 epochs/);
  assert.doesNotMatch(stdout, /linear-11: \d+ epochs/);
});

test('the pages of compare open offline and draw their figures', () => assertPagesOpenOffline(pages));

test('compare ends quietly, with its page, when the reader of its pipe closes it', async () => {
  const out = path.join('rendered', 'unread.html');
  assert.deepEqual(await runWithoutReader('compare', ['short', 'long', '--out', out], environment), {
    status: 0,
    stderr: '',
  });
  readPage('unread.html');
});

test('compare exits with 1 for a run that cannot be read, with 2 for wrong options', () => {
  const unknown = compare('short', 'nowhere');
  assert.deepEqual([unknown.status, unknown.stdout], [1, '']);
  assert.match(unknown.stderr, /^compare: loadRun: no run nowhere in .*; choose one of .*long.*, or run 3-train\n$/m);
  for (const [args, message] of /** @type {const} */ ([
    [[], /name two runs or more/],
    [['short'], /name two runs or more/],
    [['short', 'long', '--what'], /--what/],
  ])) {
    const { status, stderr } = compare(...args);
    assert.equal(status, 2);
    assert.match(stderr, message);
    assert.match(stderr, /npm run compare -- RUN RUN/);
  }
  assert.equal(compare('--help').status, 0);
});
