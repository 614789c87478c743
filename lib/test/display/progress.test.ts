import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { progress } from '../../display/live/progress';

/** What a program without a terminal writes. */
function run(program: string): { stdout: string; stderr: string } {
  const file = JSON.stringify(path.join(__dirname, '../../display/live/progress.js'));
  const all = `const { progress } = require(${file}); ${program}`;
  return spawnSync(process.execPath, ['-e', all], { encoding: 'utf8' });
}

test('progress without a terminal writes a line for each tenth and one at the end, to standard error', () => {
  const { stdout, stderr } = run(
    "const p = progress('Reading', 1440, { unit: 'clips' }); for (let i = 1; i <= 1440; i++) p.update(i); p.done('all read'); p.done(); p.update(3)",
  );
  const lines = stderr.trimEnd().split('\n');
  assert.equal(stdout, '');
  assert.equal(lines.length, 10);
  assert.match(lines[0], /^Reading: 144 of 1,440 clips \(10 %\), .*left$/);
  assert.match(lines[9], /^Reading: 1,440 of 1,440 clips \(100 %\), .*took .* · all read$/);
});

test('progress in a terminal rewrites one line, no longer than the terminal is wide, and says rate and time left', () => {
  const { stderr } = run(
    "process.stderr.isTTY = true; process.stderr.columns = 70; const p = progress('Reading', 1440, { unit: 'clips' }); " +
      'const wait = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms); ' +
      "wait(250); p.update(360); wait(250); p.update(720, 'a long name of a file'.repeat(9)); p.done('')",
  );
  const [, ...lines] = stderr.split('\r');
  assert.equal(lines.length, 4);
  assert.ok(lines.every((line) => line.split('\u001b')[0].length < 70));
  assert.match(lines[1], /^Reading: 360 of 1,440 clips \(25 %\), \d+\/s, \d.*s left/);
  assert.match(lines[2], /^Reading: 720 of 1,440 clips \(50 %\), \d+\/s, .*left · a long name/);
  assert.match(lines[3], /took .*\n$/);
});

test('progress that ends early keeps its count', () => {
  const { stderr } = run("const p = progress('Training', 60, { unit: 'epochs' }); p.update(41, 'loss 0.81'); p.done()");
  assert.match(stderr, /Training: 41 of 60 epochs \(68 %\), .*took .* · loss 0\.81\n$/);
});

test('progress over nothing is done at once', () => {
  assert.match(run("progress('Reading', 0).done()").stderr, /^Reading: 0 of 0 steps \(100 %\), took .*\n$/);
});

test('progress refuses a total that cannot be counted to', () => {
  for (const total of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => progress('Reading', total), RangeError);
  }
});
