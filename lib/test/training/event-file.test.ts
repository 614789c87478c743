import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { tf } from '../../tensorflow';
import { crc32c, openEventFile } from '../../training/callbacks/event-file';
import { readScalars } from '../support/event-records';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-event-file-'));
after(() => fs.rmSync(root, { recursive: true }));

const numbers = [
  { tag: 'epoch_loss', step: 1, value: 0.5 },
  { tag: 'größer', step: 127, value: -3 },
  { tag: 'epoch_loss', step: 128, value: 1e-30 },
  { tag: 'a', step: 2_000_000_000, value: Number.POSITIVE_INFINITY },
];

test("the test's reader understands the files that TensorFlow itself writes, checksums included", () => {
  const folder = path.join(root, 'tensorflow');
  const writer = tf.node.summaryFileWriter(folder);
  for (const { tag, step, value } of numbers) writer.scalar(tag, value, step);
  writer.flush();
  const read = numbers.map((number) => ({ ...number, value: Math.fround(number.value) }));
  assert.deepEqual(readScalars(folder), read);
});

test('an event file of ours says the same as what TensorFlow writes', () => {
  const folder = path.join(root, 'ours');
  const write = openEventFile(folder);
  assert.equal(fs.existsSync(folder), false, 'nothing before the first number');
  for (const { tag, step, value } of numbers) write(step, { [tag]: value });
  assert.deepEqual(readScalars(folder), readScalars(path.join(root, 'tensorflow')));
});

test('what was written is there at once, and a second file in the same folder comes after the first', () => {
  const folder = path.join(root, 'two');
  openEventFile(folder)(1, { loss: 3, accuracy: 0.25 });
  assert.deepEqual(readScalars(folder), [
    { tag: 'loss', step: 1, value: 3 },
    { tag: 'accuracy', step: 1, value: 0.25 },
  ]);
  openEventFile(folder)(2, { loss: 2 });
  assert.deepEqual(readScalars(folder).at(-1), { tag: 'loss', step: 2, value: 2 });
});

test('a folder that was deleted and made again gets the numbers written into it', () => {
  const folder = path.join(root, 'again');
  openEventFile(folder)(1, { loss: 3 });
  fs.rmSync(folder, { recursive: true });
  openEventFile(folder)(1, { loss: 4 });
  assert.deepEqual(readScalars(folder), [{ tag: 'loss', step: 1, value: 4 }]);
});

test('crc32c gives the check value of its definition', () => {
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  assert.equal(crc32c(new Uint8Array(0)), 0);
});
