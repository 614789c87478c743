import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { inProject } from '../setup/project.mjs';
import { runCommand, temporaryFolder } from './command.mjs';

const folder = temporaryFolder('ship');

/** @param {string[]} args */
const ship = (...args) => runCommand('ship', args, { SER_WORK: folder });

test('ship prints its help, and exits with 2 for wrong options', () => {
  const help = ship('--help');
  assert.deepEqual([help.status, /npm run ship -- --data PATH/.test(help.stdout)], [0, true]);
  for (const args of [[], ['--data', folder, '--seed', 'x'], ['--nonsense']]) {
    const { status, stderr } = ship(...args);
    assert.equal(status, 2, stderr);
    assert.match(stderr, /^ship: /);
  }
});

test('ship checks for the predictions of the calibration before training, and leaves no files behind', () => {
  const { status, stderr } = ship('--data', folder, '--model', 'unknown');
  assert.equal(status, 1);
  assert.match(stderr, /predictions-seed….csv must be in .*unknown, got none/);
  assert.ok(!fs.existsSync(inProject('data', 'models', 'unknown')));
  assert.deepEqual(fs.readdirSync(folder), []);
});

test('ship fails without recordings', () => {
  const { status, stderr } = ship('--data', folder);
  assert.equal(status, 1);
  assert.match(stderr, /^ship: .+/m);
  assert.ok(!fs.existsSync(path.join(folder, 'shipping')));
});
