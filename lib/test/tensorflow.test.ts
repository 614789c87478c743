import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { PROJECT } from '../project';

const tfjs = path.join(PROJECT, 'node_modules', '@tensorflow', 'tfjs-node');
const ADVICE = /oneDNN custom operations are on/;

/** What a program writes to stderr. */
function complaints(program: string, level?: string): string {
  const { TF_CPP_MIN_LOG_LEVEL: _, ...environment } = process.env;
  const env = level === undefined ? environment : { ...environment, TF_CPP_MIN_LOG_LEVEL: level };
  const { status, stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8', env });
  assert.equal(status, 0, stderr);
  return stderr;
}

const LOAD = `const { tf } = require(${JSON.stringify(require.resolve('../tensorflow'))});
tf.concat([tf.tensor([1]), tf.tensor([2])]).dataSync();`;

test('TensorFlow starts without a word, and with all of them on request', {
  skip: process.platform !== 'linux',
}, () => {
  assert.equal(complaints(LOAD), '');
  assert.match(complaints(LOAD, '0'), ADVICE);
});

test('whatever else is printed while TensorFlow loads is passed on', { skip: process.platform !== 'linux' }, () => {
  const load = (name: string): string =>
    `process.dlopen(m, ${JSON.stringify(path.join(tfjs, 'lib', 'napi-v8', name))});`;
  const program = `const m = { exports: {} }; ${load('quiet.node')} const { begin, end } = m.exports;
begin(); begin(); ${load('tfjs_binding.node')} end(); end(); console.error('the end');`;
  const printed = complaints(program, '0');
  assert.match(printed, /This TensorFlow binary is optimized/);
  assert.match(printed, /the end\n$/);
  assert.doesNotMatch(printed, ADVICE);
});
