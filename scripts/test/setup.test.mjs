import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { describeOtherNode } from '../setup/index.mjs';
import { exclusively, lockFile } from '../setup/lock.mjs';
import { INSTALL, matches } from '../setup/node-packages.mjs';
import { inProject, inWords } from '../setup/project.mjs';
import { pins, pythonEnvironment } from '../setup/python.mjs';
import { runSteps } from '../setup/steps.mjs';
import { runCommand, temporaryFolder } from './command.mjs';

test('set-up does nothing the second time, and says so', () => {
  const { status, stderr } = runCommand('setup', []);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^Set-up is complete; nothing was missing \(.* s\)\.\n$/);
});

test('the library is compiled when a source changed, and only then', () => {
  const stamp = inProject('lib', 'dist', 'sources.txt');
  const source = inProject('lib', 'errors.ts');
  const built = () => {
    assert.equal(runCommand('setup', []).status, 0);
    return fs.statSync(stamp).mtimeMs;
  };
  const first = built();
  assert.equal(built(), first);
  const { atime, mtime } = fs.statSync(source);
  fs.utimesSync(source, atime, new Date());
  try {
    assert.notEqual(built(), first);
  } finally {
    fs.utimesSync(source, atime, mtime);
  }
});

test('the pins are those of environment.yml, and they are installed', () => {
  assert.deepEqual(
    pins().map((pin) => pin.split('==')[0]),
    ['jupyterlab', 'papermill', 'nbconvert', 'plotly'],
  );
  const program =
    'import sys; from importlib.metadata import version; print([f"{n}=={version(n)}" for n in sys.argv[1:]])';
  const names = pins().map((pin) => pin.split('==')[0]);
  const { stdout } = spawnSync(pythonEnvironment().python, ['-c', program, ...names], { encoding: 'utf8' });
  assert.deepEqual(JSON.parse(stdout.replaceAll("'", '"')), pins());
});

test('Binder and the development container call the same set-up, with the same pins', () => {
  const read = (/** @type {string[]} */ ...parts) => fs.readFileSync(inProject(...parts), 'utf8');
  const binder = read('.binder', 'environment.yml');
  for (const pin of pins()) assert.ok(binder.includes(`- ${pin}\n`), `${pin} is not in .binder/environment.yml`);
  assert.match(read('.binder', 'postBuild'), /^npm run setup$/m);
  const { postCreateCommand } = JSON.parse(read('.devcontainer', 'devcontainer.json'));
  assert.match(postCreateCommand, /npm run setup$/);
});

test('packages are installed again when one is missing or of another version, unless it is for other machines', () => {
  const lock = {
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '2.0.0', optional: true, os: ['plan9'] },
    },
  };
  const a = { 'node_modules/a': { version: '1.0.0' } };
  assert.equal(matches(lock, { packages: a }), true);
  assert.equal(matches(lock, { packages: {} }), false);
  assert.equal(matches(lock, { packages: { 'node_modules/a': { version: '1.0.1' } } }), false);
  assert.equal(matches(lock, { packages: { ...a, 'node_modules/b': { version: '1.9.0' } } }), false);
  lock.packages['node_modules/b'].os = [process.platform];
  assert.equal(matches(lock, { packages: a }), false, 'left out, although it is for this machine');
});

test('the compilers are installed whatever the environment tells npm to leave out', () => {
  const folder = temporaryFolder('npm');
  const write = (/** @type {string} */ file, /** @type {object} */ content) => {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), JSON.stringify(content));
  };
  const npm = (/** @type {string[]} */ args, environment = {}) => {
    const options = /** @type {const} */ ({ cwd: folder, encoding: 'utf8', env: { ...process.env, ...environment } });
    const { status, stderr } = spawnSync('npm', args, options);
    assert.equal(status, 0, stderr);
  };
  write('package.json', { name: 'x', devDependencies: { a: 'file:a' }, optionalDependencies: { b: 'file:b' } });
  for (const name of ['a', 'b']) write(`${name}/package.json`, { name, version: '1.0.0' });
  npm(['install', '--package-lock-only', '--offline']);
  for (const environment of [
    { NODE_ENV: 'production' },
    { npm_config_omit: 'dev' },
    { npm_config_omit: 'optional' },
    { npm_config_production: 'true' },
  ]) {
    npm([...INSTALL, '--offline'], environment);
    const installed = fs.readdirSync(path.join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    assert.deepEqual(installed, ['a', 'b'], JSON.stringify(environment));
  }
});

/** @param {string} title @param {boolean} ready @param {string[]} log @param {number} space */
function step(title, ready, log, space = 0) {
  return { title, space, folder: os.tmpdir, ready: () => ready, work: () => void log.push(title) };
}

test('only the steps that are not ready run, in order', async () => {
  /** @type {string[]} */
  const log = [];
  await runSteps([step('one', false, log), step('two', true, log), step('three', false, log)], () => {});
  assert.deepEqual(log, ['one', 'three']);
});

test('nothing runs when the disk has too little room for all of it', async () => {
  /** @type {string[]} */
  const log = [];
  const steps = [step('small', false, log), step('large', false, log, 1e18)];
  await assert.rejects(
    runSteps(steps, () => {}),
    /Not enough space: set-up needs about 1000000000\.0 GB/,
  );
  assert.deepEqual(log, []);
});

test('a set-up that died does not lock out the next one', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  fs.writeFileSync(lockFile, String(pid));
  let worked = false;
  await exclusively(async () => {
    worked = true;
    assert.equal(fs.readFileSync(lockFile, 'utf8'), String(process.pid));
  });
  assert.ok(worked);
  assert.equal(fs.existsSync(lockFile), false);
});

test('durations are written in words', () => {
  assert.deepEqual([0.04, 9.96, 59.4, 125].map(inWords), ['0.0 s', '10.0 s', '59 s', '2 min 5 s']);
});

test('set-up says which Node runs if npx was to run another one', () => {
  const folder = temporaryFolder('npx');
  const programs = path.join(folder, 'node_modules', '.bin');
  const searchPath = [programs, '/usr/bin'].join(path.delimiter);
  assert.equal(describeOtherNode(searchPath), undefined);
  fs.mkdirSync(path.join(folder, 'node_modules', 'node'), { recursive: true });
  const install = (/** @type {string} */ version) =>
    fs.writeFileSync(path.join(folder, 'node_modules', 'node', 'package.json'), JSON.stringify({ version }));
  install('99.1.0');
  assert.match(
    describeOtherNode(searchPath) ?? '',
    /^npx fetched Node 99\.1\.0 without its program .*, so Node \S+ runs; use npx --ignore-scripts=false -p node@99\.1\.0 npm start$/,
  );
  install(process.versions.node);
  assert.equal(describeOtherNode(searchPath), undefined);
});
