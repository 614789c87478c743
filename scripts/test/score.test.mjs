import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { madePredictions } from '../../lib/dist/test/support/made-predictions.js';
import { writePredictions } from '../../lib/dist/training/runs/predictions.js';
import { runCommand, runWithoutReader, temporaryFolder } from './command.mjs';

const folder = temporaryFolder('score');
const file = path.join(folder, 'predictions-seed7.csv');
writePredictions(file, madePredictions(7).test);

/** @param {string[]} args */
const score = (...args) => runCommand('score', args);

test('score prints every figure of a file of predictions', () => {
  const { status, stdout } = score(file);
  assert.equal(status, 0, stdout);
  for (const title of ['Scores', 'Folds', 'Emotions', 'Confusion', 'By actor'])
    assert.match(stdout, new RegExp(`### ${title}`));
  assert.match(stdout, /1440 predictions for clips of 24 actors/);
});

test('score tests a model against another, clip by clip', () => {
  const { status, stdout } = score(file, '--against', file);
  assert.equal(status, 0, stdout);
  assert.match(
    stdout,
    /### Against .*predictions-seed7\.csv\n\nUAR \+0\.0 points \(p = 1\.0000\), exchanged by 24 actors/,
  );
  assert.equal(score('--against', file).status, 2);
});

test('score exits with 1 for files that cannot be read, with 2 for wrong options', () => {
  const missing = score(path.join(folder, 'none.csv'));
  assert.deepEqual(
    [missing.status, /score: .*no predictions in .*none\.csv/.test(missing.stderr)],
    [1, true],
    missing.stderr,
  );
  assert.equal(score().status, 2);
  assert.equal(score('--update', file).status, 2);
  assert.equal(score('--help').status, 0);
});

test('score ends quietly when the reader of its pipe closes it', async () => {
  assert.deepEqual(await runWithoutReader('score', [file]), { status: 0, stderr: '' });
});

test('score --check finds README and the model cards up to date with the committed predictions', () => {
  const { status, stdout } = score('--check');
  assert.equal(status, 0, stdout);
  assert.match(stdout, /README\.md: up to date/);
  assert.match(stdout, /recommended\/metrics\.json: up to date/);
});
