import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { Checkpoint } from '../training/checkpoint';

/** Runs a cell as tslab does: its own listener, Node's handler until the cell's first pause, an answer at the end. */
const KERNEL = `
  const { trainToy } = require(${JSON.stringify(path.join(__dirname, 'toy-training.js'))});
  process.on('SIGINT', () => console.log('the kernel knows'));
  globalThis.cell = () => trainToy(process.argv[1], {
    epochs: 5,
    onBatch: ({ epoch, batch }) => { if (epoch === 2 && batch === 3) process.kill(process.pid, 'SIGINT'); },
  });
  require('node:vm').runInThisContext('cell()', { breakOnSigint: true }).then(({ history }) => console.log(history.ended));`;

test('an interrupt from the notebook ends the training, not the kernel, and leaves a checkpoint', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-interrupt-'));
  try {
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['-e', KERNEL, folder], {
      encoding: 'utf8',
    });
    assert.deepEqual({ status, signal }, { status: 0, signal: null }, stderr);
    assert.deepEqual(stdout.trimEnd().split('\n'), ['the kernel knows', 'interrupted']);
    const saved = JSON.parse(fs.readFileSync(path.join(folder, 'checkpoint.json'), 'utf8')) as Checkpoint;
    assert.equal(saved.history.length, 1);
    assert.ok([3, 4].includes(saved.position?.batches ?? 0), 'the batch in which it came, or the next');
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
