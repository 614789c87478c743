import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { afterEach, beforeEach } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { SerError } from '../../errors';
import { readJson, writeJson } from '../../files';
import { pointLatest, readLatest } from '../../training/runs/latest';
import { createRun, listRuns, loadRun, RUN_FORMAT, type RunInfo } from '../../training/runs/run';

let root: string;
beforeEach(() => {
  root = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'runs-')), 'runs');
});
afterEach(() => fs.rmSync(path.dirname(root), { recursive: true }));

const CORPUS = {
  kind: 'practice',
  description: 'practice corpus: synthetic voices',
  clips: 96,
  fingerprint: 'f00',
} as const;

function create(options: { name?: string } = {}) {
  return createRun({
    root,
    corpus: CORPUS,
    configuration: { epochs: 3, audio: { duration: 2.4 } },
    seed: 11,
    ...options,
  });
}

function assertRefused(action: () => unknown, message: RegExp): void {
  assert.throws(action, (error) => {
    assert.ok(error instanceof SerError && error.code === 'bad-artefact', String(error));
    assert.match(error.message, message);
    return true;
  });
}

test('a finished run is found as the latest and read as it was made', () => {
  const made = create({ name: 'first' });
  made.finish();
  const { info, folder } = loadRun(root);
  assert.equal(folder, path.join(root, 'first'));
  assert.deepEqual(info, made.info);
  assert.equal(info.status, 'finished');
  assert.deepEqual(info.corpus, CORPUS);
  assert.deepEqual(info.configuration, { epochs: 3, audio: { duration: 2.4 } });
  assert.equal(info.seed, 11);
});

test('run.json names Node, the packages and the commit', () => {
  const { info } = create();
  const dependencies = Object.keys(
    readJson<RunInfo & { dependencies: object }>(path.resolve(__dirname, '../../../../package.json')).dependencies,
  );
  assert.equal(info.node, process.version);
  assert.deepEqual(Object.keys(info.packages).sort(), dependencies.sort());
  assert.match(info.packages['ml-svm'], /^\d+\.\d+\.\d+/);
  assert.match(info.commit ?? '0'.repeat(40), /^[0-9a-f]{40}(-dirty)?$/);
});

test('by default a run is named by time and seed, and a second one in the same second gets another name', () => {
  const names = [create(), create(), create()].map(({ info }) => info.name);
  for (const name of names) assert.match(name, /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-seed11(-\d)?$/);
  assert.equal(new Set(names).size, 3);
});

test('latest is a relative link, so that the folder of runs can be moved', () => {
  create({ name: 'first' }).finish();
  assert.equal(fs.readlinkSync(path.join(root, 'latest')), 'first');
  const moved = `${root}-moved`;
  fs.renameSync(root, moved);
  assert.equal(loadRun(moved).info.name, 'first');
  assert.ok(fs.existsSync(path.join(moved, 'latest', 'run.json')));
});

test('an interrupted training does not hide the previous run', () => {
  create({ name: 'good' }).finish();
  create({ name: 'interrupted' });
  assert.equal(loadRun(root).info.name, 'good');
  assertRefused(() => loadRun(root, 'interrupted'), /was interrupted; run 3-train again/);
  assert.equal(loadRun(root, 'interrupted', { unfinished: true }).info.status, 'unfinished');
});

test('the run finished last is the latest, and nothing temporary stays', () => {
  for (const name of ['a', 'c', 'b']) create({ name }).finish();
  assert.equal(loadRun(root).info.name, 'b');
  assert.deepEqual(fs.readdirSync(root).sort(), ['a', 'b', 'c', 'latest']);
  assert.deepEqual(listRuns(root), ['a', 'b', 'c']);
});

test('readers always see one of two runs while latest moves between them', async () => {
  for (const name of ['a', 'b']) create({ name }).finish();
  const mover = `
    const { pointLatest } = require(${JSON.stringify(require.resolve('../../training/runs/latest'))});
    for (let move = 0; move < 2000; move++) pointLatest(${JSON.stringify(root)}, move % 2 ? 'a' : 'b');`;
  const child = spawn(process.execPath, ['-e', mover], { stdio: 'ignore' });
  const exit = once(child, 'exit');
  while (child.exitCode === null) {
    for (let read = 0; read < 100; read++) assert.match(readLatest(root) ?? 'nothing', /^[ab]$/);
    await setImmediate();
  }
  assert.equal((await exit)[0], 0);
});

test('a folder called latest is reported, not replaced', () => {
  const run = create({ name: 'first' });
  fs.mkdirSync(path.join(root, 'latest'));
  assertRefused(() => run.finish(), /must be a link or a text file.*got a folder; rename/);
  assertRefused(() => loadRun(root), /got a folder/);
});

test('where links cannot be made, latest is a text file with the name', (t) => {
  for (const name of ['a', 'b']) create({ name }).finish();
  const refused = t.mock.method(fs, 'symlinkSync', () => {
    throw Object.assign(new Error('operation not permitted'), { code: 'EPERM' });
  });
  pointLatest(root, 'a');
  assert.equal(fs.readFileSync(path.join(root, 'latest'), 'utf8'), 'a\n');
  assert.equal(loadRun(root).info.name, 'a');
  pointLatest(root, 'b');
  assert.equal(loadRun(root).info.name, 'b');
  refused.mock.restore();
  pointLatest(root, 'a');
  assert.equal(fs.readlinkSync(path.join(root, 'latest')), 'a');
});

test('files and folders are inside the run folder', () => {
  const run = create({ name: 'first' });
  assert.equal(run.file('metrics.json'), path.join(root, 'first', 'metrics.json'));
  assert.equal(run.subfolder('original').file('results.csv'), path.join(root, 'first', 'original', 'results.csv'));
  run.subfolder('original').writeJson('metrics.json', { uar: 0.5 });
  assert.deepEqual(run.subfolder('original').readJson('metrics.json'), { uar: 0.5 });
  assert.ok(!run.has('metrics.json'));
});

test('a missing file names the notebook that writes it', () => {
  const run = create({ name: 'first' });
  assertRefused(() => run.existingFile('results.csv'), /no results\.csv in .*first; run 4-evaluate first/);
  assertRefused(() => run.readJson('history.json'), /no history\.json .*run 3-train first/);
  fs.writeFileSync(run.file('history.json'), '{"loss": [0.1,');
  assertRefused(() => run.readJson('history.json'), /is not JSON \(.*\); restore the folder, or run 3-train again/);
});

test('names that lead elsewhere are refused everywhere', () => {
  const run = create({ name: 'first' });
  for (const name of [
    '..',
    '.',
    '',
    '../x',
    'a/b',
    'a\\b',
    '/tmp',
    'a\0',
    ' a',
    'a.',
    '-rf',
    '.hidden',
    'x'.repeat(101),
  ]) {
    assert.throws(() => create({ name }), RangeError, `createRun ${JSON.stringify(name)}`);
    assert.throws(() => loadRun(root, name), RangeError, `loadRun ${JSON.stringify(name)}`);
    assert.throws(() => run.file(name), RangeError, `file ${JSON.stringify(name)}`);
    assert.throws(() => run.subfolder(name), RangeError, `subfolder ${JSON.stringify(name)}`);
  }
  assert.throws(() => create({ name: 'latest' }), RangeError);
});

test('a folder of the same name is kept, whether it is a run or not', () => {
  const old = create({ name: 'first' });
  old.writeJson('history.json', {});
  old.finish();
  assertRefused(() => create({ name: 'first' }), /a run of this name exists.*choose another name/);
  assert.ok(old.has('history.json'));
  const precious = path.join(root, 'precious');
  fs.mkdirSync(precious, { recursive: true });
  fs.writeFileSync(path.join(precious, 'thesis.txt'), 'text');
  assertRefused(() => create({ name: 'precious' }), /not a run/);
  assert.ok(fs.existsSync(path.join(precious, 'thesis.txt')));
});

test('loadRun says what to do if there is no run', () => {
  assertRefused(() => loadRun(root), /^loadRun: no run in .*runs; run 3-train first$/);
  create({ name: 'half' });
  assertRefused(() => loadRun(root), /no run in .* \(unfinished: half\); run 3-train first/);
  create({ name: 'whole' }).finish();
  assertRefused(() => loadRun(root, 'hole'), /no run hole in .*; choose one of half, whole, or run 3-train/);
  fs.rmSync(path.join(root, 'whole'), { recursive: true });
  assertRefused(() => loadRun(root), /no run whole in .*, to which latest points; choose one of half/);
});

test('loadRun refuses another format, damaged JSON and a missing entry', () => {
  const run = create({ name: 'first' });
  run.finish();
  const change = (value: object) => writeJson(run.file('run.json'), value);
  change({ ...run.info, format: RUN_FORMAT + 1 });
  assertRefused(
    () => loadRun(root),
    /first\/run\.json: format must be 2, the version that this code reads, got 3; run 3-train again/,
  );
  change({ ...run.info, corpus: undefined });
  assertRefused(() => loadRun(root), /run\.json: corpus must be an object, got nothing; run 3-train again/);
  change([]);
  assertRefused(() => loadRun(root), /the content must be an object, got a list of 0/);
  fs.writeFileSync(run.file('run.json'), 'null');
  assertRefused(() => loadRun(root), /the content must be an object, got null/);
  fs.writeFileSync(run.file('run.json'), '{');
  assertRefused(() => loadRun(root), /is not JSON/);
});
