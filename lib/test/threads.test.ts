import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { extractAll, extractClip } from '../features/store/extract';
import { mapInThreads } from '../threads';
import { tinyCorpus } from './support/tiny-corpus';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-threads-'));
test.after(() => fs.rmSync(folder, { recursive: true }));
const { clips } = tinyCorpus(folder);
const options = { copies: 1, threads: 2 };

/** How many threads are started meanwhile. */
async function threadsStarted(work: () => Promise<void>): Promise<number> {
  let started = 0;
  const count = (): void => {
    started++;
  };
  process.on('worker', count);
  await work();
  process.off('worker', count);
  return started;
}

test('extractAll gives each recording what extractClip gives, once, and keeps its threads for the next time', async () => {
  const seen = new Map<number, Float32Array>();
  const first = await threadsStarted(() =>
    extractAll(clips, options, (index, features) => {
      assert.ok(!seen.has(index));
      seen.set(index, features.augmented);
    }),
  );
  assert.equal(first, 2);
  assert.equal(seen.size, clips.length);
  for (const index of [0, clips.length - 1]) {
    assert.deepEqual(seen.get(index), (await extractClip(clips[index], options)).augmented);
  }
  const again = await threadsStarted(() => extractAll(clips, { ...options, copies: 0 }, () => {}));
  assert.equal(again, 0);
});

test('extractAll fails as what it hands its features to fails, and works again afterwards', async () => {
  const full = extractAll(clips, options, () => {
    throw new Error('the disk is full');
  });
  await assert.rejects(full, /the disk is full/);
  let done = 0;
  await extractAll(clips, options, () => done++);
  assert.equal(done, clips.length);
});

test('extractAll over nothing is done at once', async () => {
  await extractAll([], options, () => assert.fail('there is nothing to take'));
});

test('two items go to two threads, though a thread may have more than one at once', async () => {
  const file = path.join(folder, 'which-thread.cjs');
  fs.writeFileSync(file, "exports.whichThread = () => require('node:worker_threads').threadId;");
  const asked = await mapInThreads<number, object, number>({ file, name: 'whichThread' }, [0, 1], { threads: 2 });
  assert.equal(new Set(asked).size, 2, `threads ${asked}`);
});

test('threads that are kept let the process end', () => {
  const module = JSON.stringify(path.join(__dirname, '../features/store/extract.js'));
  const chosen = JSON.stringify(clips.slice(0, 4));
  const program = `require(${module}).extractAll(${chosen}, {}, () => {}).then(() => console.log('extracted'))`;
  const { status, stdout } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8', timeout: 60_000 });
  assert.deepEqual([status, stdout], [0, 'extracted\n']);
});
