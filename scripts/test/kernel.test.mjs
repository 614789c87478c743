import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inProject } from '../setup/project.mjs';

/**
 * Output of a process that loads a module of scripts/kernel, as the kernel does.
 *
 * @param {string} module
 * @param {string} program
 */
function inKernel(module, program) {
  const file = pathToFileURL(inProject('scripts', 'kernel', `${module}.mjs`)).href;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', file, '-e', program], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return { stdout, stderr };
}

const skip = process.platform === 'win32' ? 'Windows has no signals between processes' : false;

test('a step that handles an interrupt keeps its cell; without a step, or the second time, the cell ends', {
  skip,
}, () => {
  const { stdout } = inKernel(
    'interrupts',
    `process.on('SIGINT', () => console.log('cell ends'));
    const { setTimeout: pause } = require('node:timers/promises');
    const interrupt = async () => { process.kill(process.pid, 'SIGINT'); await pause(50); };
    (async () => {
      await pause(1);
      await interrupt();
      for (const name of ['a', 'b']) {
        const [step, inner] = [name, name + ' inner'].map((text) => () => console.log(text));
        process.on('SIGINT', step).on('SIGINT', inner);
        await interrupt();
        process.off('SIGINT', inner);
        if (name === 'a') await interrupt();
        process.off('SIGINT', step);
      }
      process.exit(0);
    })();`,
  );
  assert.deepEqual(stdout.trimEnd().split('\n'), ['cell ends', 'a', 'a inner', 'cell ends', 'a', 'b', 'b inner']);
});

test('the kernel prints typed errors without a stack, and an interrupt as a sentence', () => {
  const { stderr } = inKernel(
    'errors',
    `console.error(new RangeError('mfcc: too many'));
    console.error('UncaughtException:', new RangeError('mfcc: too many'));
    console.error(new Error('Interrupted asynchronously'));
    console.error('%d of %s', 1, 'two');`,
  );
  assert.deepEqual(stderr.trimEnd().split('\n'), [
    'RangeError: mfcc: too many',
    'UncaughtException: RangeError: mfcc: too many',
    'Interrupted. What the cell had begun may continue; restart the kernel to stop it.',
    '1 of two',
  ]);
});
