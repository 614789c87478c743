import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { openRun } from '../../lib/dist/training/runs/run.js';
import { writeIndexPage } from '../run/index-page.mjs';
import { temporaryFolder } from './command.mjs';

const work = temporaryFolder('index-page');
const runs = path.join(work, 'runs');

const out = path.join(work, 'rendered');

/** The page after notebooks ended so. @param {Record<string, string>} outcomes by notebook */
function pageAfter(outcomes) {
  const results = Object.entries(outcomes).map(([name, outcome]) => ({ name, outcome, cells: 1, of: 1, seconds: 1 }));
  return fs.readFileSync(writeIndexPage(out, results, runs), 'utf8');
}

/** @param {string} page */
const originIn = (page) => /<p class="origin">(.*)<\/p>/.exec(page)?.[1];

/** @param {string} page */
const linksIn = (page) => [...page.matchAll(/href="([^"]+)"/g)].map(([, link]) => link);

/** A finished run, not evaluated. @param {string} name */
function makeRun(name) {
  const corpus = { kind: /** @type {const} */ ('practice'), description: 'made up', clips: 8, fingerprint: 'none' };
  const configuration = { protocol: 'actor-split' };
  const run = openRun({ root: runs, name, seed: 11, corpus, configuration });
  run.finish();
  return run;
}

test('before the first run the page mentions none', () => {
  const page = pageAfter({ '1-data': 'ok' });
  assert.doesNotMatch(page, /The run|class="origin"/);
});

test('the page links the files of the latest run, and no missing ones', () => {
  const run = makeRun('first');
  assert.deepEqual(linksIn(pageAfter({ '3-train': 'ok' })), []);
  for (const name of ['model-card.md', 'results.csv']) fs.writeFileSync(run.file(name), '');
  run.writeJson('metrics.json', { protocols: {} });
  const links = linksIn(pageAfter({ '3-train': 'ok', '4-evaluate': 'ok' }));
  assert.deepEqual(links, ['../runs/first/model-card.md', '../runs/first/results.csv', '../runs/first/metrics.json']);
  for (const link of links) assert.ok(fs.existsSync(path.join(out, link)), `nothing at ${link}`);
});

test("the page lists the test actors of each fold of the run's protocol, if run.json does", () => {
  const run = makeRun('folds');
  assert.doesNotMatch(pageAfter({ '3-train': 'ok' }), /test actors/);
  const actors = { train: [1, 2], validation: [3], test: [4, 5] };
  run.noteFold('actor-split', { fold: 1, actors });
  run.noteFold('actor-split', { fold: 2, actors: { ...actors, test: [6] } });
  run.noteFold('original', { fold: 1, actors });
  assert.match(pageAfter({ '3-train': 'ok' }), /test actors<\/th><td>fold 1: 4, 5; fold 2: 6<\/td>/);
});

test('the page names the run of its figures if the notebooks were not just executed', () => {
  makeRun('earlier');
  assert.equal(originIn(pageAfter({ '3-train': 'ok', '4-evaluate': 'ok' })), undefined);
  const date = String.raw`finished \d{4}-\d\d-\d\d \d\d:\d\d UTC`;
  for (const [outcomes, end] of /** @type {[Record<string, string>, string][]} */ ([
    [{ '3-train': 'failed at cell 4', '4-evaluate': 'not run' }, '3-train failed at cell 4 and 4-evaluate did not run'],
    [{ '3-train': 'stopped', '4-evaluate': 'not run' }, '3-train was stopped and 4-evaluate did not run'],
    [{ '3-train': 'ok', '4-evaluate': 'failed at cell 2' }, '4-evaluate failed at cell 2'],
    [{ '4-evaluate': 'ok' }, '3-train did not run'],
    [{ '1-data': 'ok' }, '3-train did not run and 4-evaluate did not run'],
  ]))
    assert.match(
      originIn(pageAfter(outcomes)) ?? '',
      new RegExp(`^Run earlier, ${date}: in the execution that wrote this page, ${end}\\.$`),
    );
});
