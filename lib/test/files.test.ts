import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { readJson, replaceFile, writeFile, writeJson } from '../files';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-files-'));
after(() => fs.rmSync(folder, { recursive: true }));

test('writeFile makes the folder, replaces the file and leaves nothing else', () => {
  const file = path.join(folder, 'a', 'b', 'text.txt');
  writeFile(file, 'first');
  writeFile(file, new Uint8Array([104, 105]));
  assert.equal(fs.readFileSync(file, 'utf8'), 'hi');
  assert.deepEqual(fs.readdirSync(path.dirname(file)), ['text.txt']);
});

test('replaceFile keeps the old file where making the new one fails, and leaves nothing else', () => {
  const file = path.join(folder, 'replaced', 'file');
  writeFile(file, 'old');
  const fail = (temporary: string): void => {
    fs.writeFileSync(temporary, 'half');
    throw new Error('no more');
  };
  assert.throws(() => replaceFile(file, fail), /no more/);
  assert.equal(fs.readFileSync(file, 'utf8'), 'old');
  assert.deepEqual(fs.readdirSync(path.dirname(file)), ['file']);
});

test('writeFile writes through a link and leaves it a link', () => {
  const [target, link] = [path.join(folder, 'target'), path.join(folder, 'link')];
  writeFile(target, 'old');
  fs.symlinkSync(target, link);
  writeFile(link, 'new');
  assert.equal(fs.readFileSync(target, 'utf8'), 'new');
  assert.ok(fs.lstatSync(link).isSymbolicLink());
});

test('writeFile keeps the old file whole where the disk cuts a write short', () => {
  const file = path.join(folder, 'large', 'file');
  writeFile(file, 'old');
  // A limit on the size of files works for every user, unlike a full disk.
  const program = `
    const { writeFile } = require(${JSON.stringify(path.join(__dirname, '..', 'files.js'))});
    try { writeFile(${JSON.stringify(file)}, 'x'.repeat(5_000_000)); } catch (error) { console.log(error.code); }`;
  const limited = `ulimit -f 100; exec "${process.execPath}" -e "$0"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', limited, program], { encoding: 'utf8' });
  assert.equal(stdout.trim(), 'EFBIG', stderr);
  assert.equal(fs.readFileSync(file, 'utf8'), 'old');
  assert.deepEqual(fs.readdirSync(path.dirname(file)), ['file']);
});

test('writeFile removes what a killed process left half-written beside the file', () => {
  const file = path.join(folder, 'killed', 'file');
  writeFile(file, 'old');
  const { pid } = spawnSync('true');
  fs.writeFileSync(`${file}.partial-${pid}-00000000`, 'half');
  writeFile(file, 'new');
  assert.deepEqual(fs.readdirSync(path.dirname(file)), ['file']);
});

test('writeJson and readJson give back the same value', () => {
  const file = path.join(folder, 'value.json');
  const value = { a: [1, 2.5, null], b: 'ä' };
  writeJson(file, value);
  assert.deepEqual(readJson(file), value);
  assert.ok(fs.readFileSync(file, 'utf8').endsWith('}\n'));
});
