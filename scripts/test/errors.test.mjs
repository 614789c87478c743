import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { SerError } from '../../lib/dist/errors.js';
import { describeError, describeFailure } from '../errors.mjs';
import { inProject } from '../setup/project.mjs';

const typed = new SerError('bad-audio', 'loadAudio: the file must hold sound, got none');
const own = new RangeError('mfcc: coefficients must be 1 to 128, got 200');

/** An error of Node, with frames of Node and of this file. @returns {unknown} */
function fault() {
  try {
    return new URL('nowhere');
  } catch (error) {
    return error;
  }
}

/** @param {Partial<NodeJS.ProcessEnv>} environment @param {() => void} act */
function withEnvironment(environment, act) {
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    act();
  } finally {
    process.env = before;
  }
}

test('a typed error is its name and sentence, also after Node has put the source line in front of its stack', () => {
  const decorated = new SerError(typed.code, typed.message);
  decorated.stack = `file.js:1\n  throw\n  ^\n\n${decorated.stack}`;
  for (const error of [typed, decorated]) assert.equal(describeError(error), `SerError: ${typed.message}`);
  assert.equal(describeError(own), `RangeError: ${own.message}`);
});

test('a fault keeps the frames of this project, and all of them if none is of this project', () => {
  assert.match(inspect(fault()), /node:internal/);
  const frames = describeError(fault()).split('\n').slice(1);
  assert.ok(frames.length > 0);
  for (const frame of frames) assert.match(frame, /^ {4}at .*errors\.test\.mjs:/);
  const foreign = new TypeError('lost');
  foreign.stack = 'TypeError: lost\n    at node:internal/url:1:1';
  assert.equal(describeError(foreign), foreign.stack);
  const [, cause] = describeError(new Error('outer', { cause: own })).split('\n[cause]: ');
  assert.equal(cause, `RangeError: ${own.message}`);
});

test('SER_STACK=1 shows the whole of every error', () => {
  withEnvironment({ SER_STACK: '1' }, () => {
    assert.match(describeError(typed), /^SerError: .*\n {4}at [\s\S]*code: 'bad-audio'/);
    assert.match(describeFailure(typed), /\n {4}at /);
    assert.match(describeError(fault()), /node:internal/);
  });
});

test('a command prints the sentence of an expected error, and the stack of a fault', () => {
  for (const error of [typed, own, new Error('name two runs or more')]) {
    assert.equal(describeFailure(error), error.message);
  }
  for (const error of [fault(), new RangeError('Invalid array length'), new ReferenceError('x is not defined')]) {
    assert.match(describeFailure(error), /^\w+Error: .*\n {4}at .*errors\.test\.mjs:/);
  }
  const command = pathToFileURL(inProject('scripts', 'command.mjs')).href;
  const program = `import { runCommand } from ${JSON.stringify(command)};
    await runCommand({ name: 'test', help: '', options: {}, read: () => 0, work: async () => undefined.length });`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /^test: TypeError: Cannot read .*\n {4}at work .*\n {4}at .*command\.mjs:/);
  assert.doesNotMatch(stderr, /node:internal/);
});
