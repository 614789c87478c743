import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { releaseLock, takeLock } from '../lock';
import { openRun } from '../training/runs/run';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-lock-'));
after(() => fs.rmSync(folder, { recursive: true }));
const module_ = (name: string): string => JSON.stringify(require.resolve(name));
const take = (file: string): void => takeLock(file, 'the run', 'choose another name');

test('a process may take its lock again, and others once it is given back', () => {
  const file = path.join(folder, 'own');
  take(file);
  take(file);
  const other = `require(${module_('../lock')}).takeLock(${JSON.stringify(file)}, 'the run', 'choose another name')`;
  const refused = spawnSync(process.execPath, ['-e', other], { encoding: 'utf8' });
  assert.match(
    refused.stderr,
    new RegExp(`the run is in use by process ${process.pid} since \\d{4}-.*Z; wait until it ends, stop it, or choose`),
  );
  releaseLock(file);
  assert.equal(spawnSync(process.execPath, ['-e', other]).status, 0);
});

test('a lock of a process that has ended is void, also if its number is used again, and so is a damaged one', () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const since = new Date().toISOString();
  const contents = [JSON.stringify({ process: pid, since }), '', '{', '{"process": 0}'];
  if (process.platform === 'linux') contents.push(JSON.stringify({ process: process.ppid, began: '1', since }));
  for (const content of contents) {
    const file = path.join(folder, 'void');
    fs.writeFileSync(file, content);
    take(file);
    releaseLock(file);
    assert.deepEqual(
      fs.readdirSync(folder).filter((name) => name.startsWith('void')),
      [],
    );
  }
});

test('of two programs that open one run at the same moment, one fails because it is in use', async () => {
  const program = `
    const { openRun } = require(${module_('../training/runs/run')});
    const corpus = { kind: 'practice', description: 'voices', clips: 1, fingerprint: 'f' };
    process.stdin.once('data', () => {
      try {
        openRun({ root: ${JSON.stringify(folder)}, name: 'demo', seed: 11, corpus, configuration: {} });
        console.log('opened');
      } catch (error) {
        console.log(error.code, error.message);
      }
    });
    console.log('ready');`;
  const children = [1, 2].map(() => spawn(process.execPath, ['-e', program]));
  const said = children.map(async ({ stdout }) => {
    const [ready] = await once(stdout, 'data');
    assert.equal(String(ready), 'ready\n');
    const [answer] = await once(stdout, 'data');
    return String(answer);
  });
  await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));
  for (const { stdin } of children) stdin.write('go');
  const answers = (await Promise.all(said)).sort();
  for (const child of children) child.kill();
  assert.match(answers[0], /^in-use openRun: run demo in .* is in use by process \d+ since .*; .*\(-p run=NAME\)/);
  assert.equal(answers[1], 'opened\n');
  await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'close')));
  const corpus = { kind: 'practice', description: 'voices', clips: 1, fingerprint: 'f' } as const;
  const run = openRun({ root: folder, name: 'demo', seed: 11, corpus, configuration: {} });
  run.finish();
  assert.ok(!fs.existsSync(path.join(folder, '.demo.lock')), 'a finished run is free');
});
