/** TensorFlow's C library, and the add-on of tfjs-node compiled against it. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ask, cache, inProject, readIfThere, runLoudly, SetupError } from './project.mjs';
import { binding, libraries, TENSORFLOW, tensorflowPackage } from './tensorflow-package.mjs';
import { takeFromWheel } from './wheel.mjs';

/** Paths where tfjs-node expects its add-on, and the add-on expects TensorFlow. */
const addOn = path.join(binding, 'lib', 'napi-v8', 'tfjs_binding.node');
const links = path.join(binding, 'deps', 'lib');
/** A second, small add-on that suppresses two lines of advice at every start. */
const quiet = {
  source: inProject('scripts', 'setup', 'quiet.cc'),
  addOn: path.join(path.dirname(addOn), 'quiet.node'),
};
/** Inside node_modules, so that it is removed when npm replaces them. */
const stamp = path.join(links, 'set-up.txt');

/** @type {import('./steps.mjs').Step} */
export const tensorflow = {
  title: `TensorFlow ${TENSORFLOW}`,
  get space() {
    return haveLibraries() ? 0 : 1.6e9;
  },
  folder: () => cache,
  ready: () => readIfThere(stamp) === description() && fs.existsSync(addOn) && haveLibraries(),
  work() {
    if (!tensorflowPackage) {
      console.error(
        `There is no TensorFlow ${TENSORFLOW} for ${process.platform} ${process.arch} here; asking tfjs-node.`,
      );
      const wayOut =
        'tfjs-node offers nothing for this machine; Linux (also under WSL) or a Mac with Apple silicon works.';
      runLoudly(process.execPath, [path.join(binding, 'scripts', 'install.js')], wayOut);
    } else {
      const compiler = fs.existsSync(compiled()) ? undefined : findCompiler(); // before a long download
      if (!haveLibraries()) download();
      link();
      if (compiler) compile(compiler);
      fs.mkdirSync(path.dirname(addOn), { recursive: true });
      // By a new file, because a running process may have the old one in its memory.
      fs.copyFileSync(compiled(), `${addOn}.part`);
      fs.renameSync(`${addOn}.part`, addOn);
      compileQuiet();
    }
    console.error(`TensorFlow ${verify()} works.`);
    fs.mkdirSync(links, { recursive: true });
    fs.writeFileSync(stamp, description());
  },
};

function haveLibraries() {
  return !tensorflowPackage || fs.existsSync(path.join(libraries, tensorflowPackage.library));
}

function description() {
  return `TensorFlow ${TENSORFLOW} from ${libraries}, tfjs-node ${bindingVersion()}, quiet ${quietVersion()}\n`;
}

function quietVersion() {
  return createHash('sha256').update(fs.readFileSync(quiet.source)).digest('hex').slice(0, 8);
}

function bindingVersion() {
  const file = readIfThere(path.join(binding, 'package.json'));
  return file && JSON.parse(file).version;
}

/** The compiled add-on is cached beside TensorFlow, so that a later `npm ci` needs no compilation. */
function compiled() {
  return path.join(libraries, `tfjs-node-${bindingVersion()}.node`);
}

function download() {
  const { name, platform, sha256, library, framework } = tensorflowPackage;
  const wanted = [library, framework, 'include/tensorflow/', 'include/tsl/', 'include/xla/'];
  takeFromWheel(
    {
      ...{ name, version: TENSORFLOW, sha256 },
      // Only the C library matters, so one file serves whatever Python is installed.
      platform: ['--python-version=3.11', '--implementation=cp', '--abi=cp311', `--platform=${platform}`],
      files: wanted.map((file) => `tensorflow/${file}`),
    },
    libraries,
    'Set-up downloads about 280 MB from PyPI; behind a proxy, set HTTPS_PROXY. Then run it again.',
  );
}

function link() {
  fs.mkdirSync(links, { recursive: true });
  for (const [name, role] of Object.entries(tensorflowPackage.links)) {
    const file = path.join(links, name);
    fs.rmSync(file, { force: true });
    fs.symlinkSync(path.join(libraries, tensorflowPackage[role]), file);
  }
}

function compilerOnPath() {
  const names = [process.env.CXX, 'g++', 'clang++', 'c++'];
  return names.find((name) => name && ask(name, ['--version']) !== undefined);
}

function findCompiler() {
  const compiler = compilerOnPath();
  if (compiler) return compiler;
  throw new SetupError(
    'No C++ compiler on the PATH. Debian and Ubuntu: sudo apt install g++; Fedora: sudo dnf install gcc-c++; ' +
      'macOS: xcode-select --install; conda: conda install -c conda-forge cxx-compiler. Or name one with CXX=….',
  );
}

/** @param {string} compiler */
function compile(compiler) {
  const part = `${compiled()}.part`;
  const include = [binding, path.join(libraries, 'include'), inProject('node_modules', 'node-api-headers', 'include')];
  runLoudly(
    compiler,
    [
      ...['-O2', '-std=c++17', '-shared', '-fPIC'],
      // Node's own interface for add-ons keeps one build working in every later Node.
      ...['-DNAPI_VERSION=8', '-DNODE_GYP_MODULE_NAME=tfjs_binding', '-DBUILDING_NODE_EXTENSION'],
      ...include.flatMap((folder) => ['-I', folder]),
      ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => path.join(binding, 'binding', file)),
      ...['-L', links, '-ltensorflow', '-ltensorflow_framework', ...tensorflowPackage.flags],
      ...['-o', part],
    ],
    'The reason is in the lines above; a C++17 compiler is required.',
  );
  fs.renameSync(part, compiled());
}

/** Compiles the small add-on; it only suppresses output. */
function compileQuiet() {
  const compiler = compilerOnPath();
  const headers = inProject('node_modules', 'node-api-headers', 'include');
  const part = `${quiet.addOn}.part`;
  const flags = ['-O2', '-std=c++17', '-shared', '-fPIC', '-DNAPI_VERSION=8', ...tensorflowPackage.flags];
  fs.rmSync(quiet.addOn, { force: true });
  if (compiler && ask(compiler, [...flags, '-I', headers, quiet.source, '-o', part]) !== undefined) {
    fs.renameSync(part, quiet.addOn);
  }
}

/** Loads TensorFlow in a separate process, since it could crash this one; returns its version. */
function verify() {
  const program = `
    const util = require('node:util');
    util.isNullOrUndefined ??= (value) => value === null || value === undefined;
    const tf = require('@tensorflow/tfjs-node');
    if (tf.add(1, 2).dataSync()[0] !== 3) throw new Error('wrong sum');
    console.log(tf.backend().binding.TF_Version);`;
  const version = ask(process.execPath, ['-e', program]);
  if (!version) {
    fs.rmSync(tensorflowPackage ? compiled() : addOn, { force: true });
    runLoudly(process.execPath, ['-e', program], 'TensorFlow does not load; the reason is in the lines above.');
  }
  return version?.split('\n').at(-1);
}
