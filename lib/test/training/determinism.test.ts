import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const program = path.join(__dirname, '../support/original-training.js');

/** The hash of the weights that a process of its own trains. */
async function train(seed: number): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, String(seed)]);
  assert.match(stdout, /^[0-9a-f]{64}$/);
  return stdout;
}

test('two processes train the original network to the same weights, bit for bit, also while they disturb each other', async () => {
  // At the same time: their threads then run in another order than those of a process that has the cores to itself.
  const [one, two, other] = await Promise.all([train(11), train(11), train(12)]);
  assert.equal(one, two);
  assert.notEqual(one, other);
  assert.equal(await train(11), one);
});
