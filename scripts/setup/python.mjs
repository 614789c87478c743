/** The Python side: JupyterLab and the headless runner, in an active conda environment or else in `.venv`. */
import fs from 'node:fs';
import path from 'node:path';
import { ask, cache, inProject, readIfThere, runLoudly, SetupError } from './project.mjs';

/** The oldest and the newest Python 3 that is looked for by name; JupyterLab 4.6 needs 3.10. */
const VERSIONS = { oldest: 10, newest: 14 };
const windows = process.platform === 'win32';
const venv = inProject('.venv');
const venvPython = pythonIn(venv);
/** Written last, so that a half-made environment lacks it. */
const stamp = path.join(venv, 'set-up.json');

// Every Python below this process takes its modules from its own environment, as with Python's options -E and -s:
// settings of the caller's, such as PYTHONHOME, PYTHONPATH or PYTHONSAFEPATH, are meant for another Python.
for (const name of Object.keys(process.env)) if (/^PYTHON[A-Z]+$/.test(name)) delete process.env[name];
Object.assign(process.env, { PYTHONNOUSERSITE: '1', PIP_USER: '0' });

/** The requirements that environment.yml pins under `pip:`; they are written nowhere else. */
export function pins() {
  const text = fs.readFileSync(inProject('environment.yml'), 'utf8');
  const [, list = ''] = text.split(/^ *- pip:\s*$/m);
  return [...list.matchAll(/^ +- ([\w.-]+==\S+)/gm)].map((match) => match[1]);
}

/** The interpreter of a virtual environment. @param {string} folder */
function pythonIn(folder) {
  return windows ? path.join(folder, 'Scripts', 'python.exe') : path.join(folder, 'bin', 'python');
}

/**
 * A virtual environment apart from everything else, under the cache folder, for comparisons with other libraries.
 *
 * @param {string} name of its folder
 */
export function separateEnvironment(name) {
  const folder = path.join(cache, name);
  const python = pythonIn(folder);
  /** Written last, as above. */
  const complete = path.join(folder, 'complete.txt');
  return {
    python,
    isComplete: () => fs.existsSync(complete),
    /** Installs what pip is told to; minutes at most. @param {string[]} packages @param {number} [timeout] milliseconds */
    install(packages, timeout) {
      const wayOut = 'The reason is in the lines above.';
      console.error(`Installing ${packages.join(' ')} into ${path.relative('', folder)} …`);
      runLoudly(pythonEnvironment().python, ['-m', 'venv', '--clear', folder], wayOut, timeout);
      const quietly = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1'];
      runLoudly(python, [...quietly, ...packages], wayOut, timeout);
      fs.writeFileSync(complete, packages.join('\n'));
    },
  };
}

/** The environment in use: its folder and its interpreter. */
export function pythonEnvironment() {
  const conda = condaPrefix();
  if (!conda) return { prefix: venv, python: venvPython };
  return { prefix: conda, python: windows ? path.join(conda, 'python.exe') : path.join(conda, 'bin', 'python') };
}

/** @type {import('./steps.mjs').Step} */
export const pythonPackages = {
  title: 'Python packages (JupyterLab, papermill)',
  space: 0.6e9,
  folder: () => inProject(),
  ready: () => condaPrefix() !== undefined || readIfThere(stamp) === description(),
  work() {
    if (!supports('pip', venvPython)) {
      fs.rmSync(venv, { recursive: true, force: true });
      makeVenv();
    }
    runLoudly(
      venvPython,
      ['-m', 'pip', 'install', '--disable-pip-version-check', '--quiet', ...pins()],
      'The reason is in the lines above. If it was the network, run it again; finished downloads are kept.',
    );
    fs.writeFileSync(stamp, description());
  },
};

/** Expected content of `.venv`: the pins, and its base Python, which a system update can remove. */
function description() {
  const python = fs.existsSync(venvPython) ? fs.realpathSync(venvPython) : undefined;
  return JSON.stringify({ pins: pins(), python });
}

/** The active conda environment if the pinned packages are in it, as in one made from environment.yml. */
function condaPrefix() {
  const prefix = process.env.CONDA_PREFIX;
  if (!prefix) return undefined;
  const library = path.join(prefix, windows ? 'Lib' : 'lib');
  const folders =
    windows || !fs.existsSync(library) ? ['.'] : fs.readdirSync(library).filter((name) => /^python3/.test(name));
  const distributions = pins().map((pin) => {
    const [name, version] = pin.split('==');
    return `${name.replaceAll(/[-.]/g, '_')}-${version}.dist-info`;
  });
  const complete = folders.some((folder) =>
    distributions.every((distribution) => fs.existsSync(path.join(library, folder, 'site-packages', distribution))),
  );
  return complete ? prefix : undefined;
}

/**
 * True if an interpreter exists, is new enough and has these modules.
 *
 * @param {string} modules such as 'venv, ensurepip'
 * @param {string} python
 */
function supports(modules, python) {
  return ask(python, ['-c', `import sys, ${modules}; print(sys.version_info >= (3, ${VERSIONS.oldest}))`]) === 'True';
}

function makeVenv() {
  const names = ['python3', ...range(VERSIONS.newest, VERSIONS.oldest).map((minor) => `python3.${minor}`), 'python'];
  const found = names.filter((name) => supports('os', name));
  if (found.length === 0) {
    throw new SetupError(
      `No Python 3.${VERSIONS.oldest} or newer on the PATH. Install one from python.org or your system's packages ` +
        '(Debian and Ubuntu: sudo apt install python3 python3-venv; macOS: brew install python), ' +
        'or with conda: conda env create -f environment.yml, then conda activate speech-emotion-notebooks.',
    );
  }
  const python = found.find((name) => supports('venv, ensurepip', name));
  if (!python) {
    throw new SetupError(
      `${found[0]} lacks the venv module. On Debian and Ubuntu: sudo apt install python3-venv; ` +
        'or with conda: conda env create -f environment.yml, then conda activate speech-emotion-notebooks.',
    );
  }
  runLoudly(python, ['-m', 'venv', venv], 'Is the disk full, or the folder read-only?');
}

/** @param {number} from @param {number} to */
function range(from, to) {
  return Array.from({ length: from - to + 1 }, (_, index) => from - index);
}
