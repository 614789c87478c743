/** Registers the TypeScript kernel with Jupyter, in the Python environment rather than in the user's home. */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inProject, readIfThere } from './project.mjs';
import { pythonEnvironment } from './python.mjs';

/** @type {import('./steps.mjs').Step} */
export const kernelspec = {
  title: 'TypeScript kernel for Jupyter',
  space: 0,
  folder: () => inProject(),
  // Compared as a whole: another Node, or a project that moved, needs another specification.
  ready: () => readIfThere(specificationFile()) === specification(),
  work() {
    fs.mkdirSync(path.dirname(specificationFile()), { recursive: true });
    fs.writeFileSync(specificationFile(), specification());
  },
};

/** Settings that make Jupyter find this kernel before one of the same name elsewhere. */
export function jupyterSettings() {
  const { prefix } = pythonEnvironment();
  const others = process.env.JUPYTER_PATH ? [process.env.JUPYTER_PATH] : [];
  return { JUPYTER_PATH: [path.join(prefix, 'share', 'jupyter'), ...others].join(path.delimiter) };
}

function specificationFile() {
  return path.join(pythonEnvironment().prefix, 'share', 'jupyter', 'kernels', 'tslab', 'kernel.json');
}

function specification() {
  const tslab = inProject('node_modules', 'tslab', 'bin', 'tslab');
  const imports = ['folder', 'errors', 'interrupts'].flatMap((name) => {
    return ['--import', pathToFileURL(inProject('scripts', 'kernel', `${name}.mjs`)).href];
  });
  return `${JSON.stringify(
    {
      argv: [process.execPath, ...imports, tslab, 'kernel', '--config-path', '{connection_file}'],
      display_name: 'TypeScript',
      language: 'typescript',
      // Only TensorFlow's errors: a notebook would show its advice on processors as trouble.
      env: { TF_CPP_MIN_LOG_LEVEL: '2' },
    },
    null,
    2,
  )}\n`;
}
