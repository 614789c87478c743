import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { SerError } from '../../errors';
import { loadModel } from '../../layers/model-file';
import type { Checkpoint } from '../../training/runs/checkpoint';
import { trainToy } from '../support/toy-training';

/** A disk of its own, of so many kilobytes; undefined where the system does not lend one. */
function smallDisk(t: TestContext, kilobytes: number): string | undefined {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-full-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder], {
    encoding: 'utf8',
  });
  t.after(() => {
    if (mounted.status === 0) spawnSync('umount', ['--lazy', folder]);
    fs.rmSync(folder, { recursive: true, force: true });
  });
  if (mounted.status === 0) return folder;
  t.skip(`a small disk needs the right to mount one: ${mounted.error?.message ?? mounted.stderr.trim()}`);
  return undefined;
}

/** Takes all space that is left. */
function fill(file: string): void {
  const descriptor = fs.openSync(file, 'w');
  try {
    for (;;) fs.writeSync(descriptor, Buffer.alloc(1000));
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
  } finally {
    fs.closeSync(descriptor);
  }
}

test('a disk that fills up ends a training with a clear error, and with space it goes on to the same weights', async (t) => {
  const disk = smallDisk(t, 8000);
  if (disk === undefined) return;
  const elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-full-disk-'));
  t.after(() => fs.rmSync(elsewhere, { recursive: true }));
  const whole = await trainToy(elsewhere, { epochs: 5 });

  const filler = path.join(disk, 'filler');
  const onBatch = ({ epoch, batch }: { epoch: number; batch: number }): void => {
    if (epoch === 3 && batch === 1) fill(filler);
  };
  await assert.rejects(trainToy(disk, { epochs: 5, onBatch }), (error: unknown) => {
    assert.ok(error instanceof SerError && error.code === 'bad-training', String(error));
    assert.match(
      error.message,
      /must be writable, got ENOSPC: no space left on device.*; free space .*previous checkpoint is intact/,
    );
    assert.ok(error.message.includes(disk), 'which disk');
    return true;
  });
  const { history } = JSON.parse(fs.readFileSync(path.join(disk, 'checkpoint.json'), 'utf8')) as Checkpoint;
  assert.equal(history.length, 2, 'the checkpoint before');
  (await loadModel(path.join(disk, 'model'))).dispose();
  const csv = fs.readFileSync(path.join(disk, 'history.csv'), 'utf8').trimEnd().split('\n');
  assert.ok(csv.length >= 3, 'a table with the epochs before');
  assert.deepEqual(
    fs.readdirSync(disk).filter((name) => name.includes('partial')),
    [],
    'nothing half-written stays',
  );

  fs.rmSync(filler);
  const resumed = await trainToy(disk, { epochs: 5 });
  assert.deepEqual(resumed.weights, whole.weights);
});
