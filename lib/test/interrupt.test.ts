import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { onInterrupt } from '../interrupt';
import type { Checkpoint } from '../training/runs/checkpoint';

/** Runs a cell as tslab does: its own handler, Node's handler until the cell's first pause, a reply at the end. */
const KERNEL = `
  const { trainToy } = require(${JSON.stringify(path.join(__dirname, 'support/toy-training.js'))});
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

test('onInterrupt calls at each interrupt, until it is told to stop', async () => {
  let count = 0;
  const ignore = await onInterrupt(() => {
    count++;
  });
  process.emit('SIGINT');
  process.emit('SIGINT');
  ignore();
  assert.equal(process.listenerCount('SIGINT'), 0);
  assert.equal(count, 2);
});

/** What a process does that starts `code` as tslab starts a cell, and is interrupted later. */
function interruptedCell(code: string): { signal: NodeJS.Signals | null; stdout: string } {
  const interrupt = JSON.stringify(path.join(__dirname, '..', 'interrupt.js'));
  const program = `
    const vm = require('node:vm');
    globalThis.onInterrupt = require(${interrupt}).onInterrupt;
    process.on('SIGINT', () => console.log('kernel'));
    new vm.Script(${JSON.stringify(code)}).runInThisContext({ breakOnSigint: true });
    setTimeout(() => process.kill(process.pid, 'SIGINT'), 50);
    setTimeout(() => process.exit(0), 200);`;
  const { signal, stdout } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  return { signal, stdout };
}

const skip = process.platform === 'win32' ? 'Windows has no signals between processes' : false;

test('a step that handles interrupts from the start of a cell survives one, as does its kernel', { skip }, () => {
  assert.deepEqual(interruptedCell("onInterrupt(() => console.log('step'));"), {
    signal: null,
    stdout: 'kernel\nstep\n',
  });
  // Why it is needed: Node's own way ends the process. When that changes, so may onInterrupt.
  assert.equal(interruptedCell("process.on('SIGINT', () => console.log('step'));").signal, 'SIGINT');
});
