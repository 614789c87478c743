/** The command line of `npm start`. */
import fs from 'node:fs';
import path from 'node:path';
import { fromCaller, inProject, workFolder } from '../setup/project.mjs';
import { distribute, readNotebooks, select } from './notebooks.mjs';

/** Seconds: training all folds of a model in one cell may take hours. */
const LONGEST_CELL = 24 * 60 * 60;

export const HELP = `npm start -- [options]

Runs the five notebooks in order and renders them.

  --data PATH          RAVDESS: the archive, its folder, or a folder of archives
                       (default: SER_DATA, then data/ravdess, then the practice corpus)
  --only NAMES         runs only these notebooks, such as 2-features,3-train
  -p NAME=VALUE        sets a parameter of the notebooks, in its declared type: text, or JSON for numbers, true,
                       false, lists and objects; paths are relative to the current folder; repeatable
  --run NAME           run folder under data/runs, short for -p run=NAME (default: 3-train makes a new one, which
                       5-infer then shows; without 3-train, 5-infer uses the shipped model)
  --out DIR            folder of the rendered copies (default: data/rendered)
  --timeout SECONDS    time limit per cell (default: one day)
`;

export const OPTIONS = /** @type {const} */ ({
  data: { type: 'string' },
  only: { type: 'string' },
  parameter: { type: 'string', short: 'p', multiple: true },
  run: { type: 'string' },
  out: { type: 'string' },
  timeout: { type: 'string' },
  // For the runner's own tests.
  notebooks: { type: 'string' },
});

/**
 * The notebooks to run, as the command line has chosen them.
 *
 * @param {import('../command.mjs').Arguments} args
 * @returns {{ job: import('./runner.mjs').Job, data: string | undefined }} data: absolute path
 * @throws Error for an invalid option
 */
export function readOptions({ values }) {
  const data = values.data ?? process.env.SER_DATA;
  if (data !== undefined && !fs.existsSync(fromCaller(data))) {
    throw new Error(`${values.data ? '--data' : 'SER_DATA'}: there is no ${fromCaller(data)}`);
  }
  const timeout = Number(values.timeout ?? LONGEST_CELL);
  if (!(timeout > 0)) throw new Error(`--timeout takes seconds, got ${values.timeout}`);
  const cwd = values.notebooks ? fromCaller(values.notebooks) : inProject('notebooks');
  const only = values.only?.split(',').map((/** @type {string} */ name) => name.trim());
  const notebooks = select(readNotebooks(cwd), only);
  const run = values.run === undefined ? [] : [['run', values.run]];
  const given = Object.fromEntries([...(values.parameter ?? []).map(parseParameter), ...run]);
  const parameters = showNewRun(notebooks, distribute(notebooks, given));
  return {
    job: {
      notebooks: notebooks.map(({ name, path }, index) => ({ name, path, parameters: parameters[index] })),
      out: values.out ? fromCaller(values.out) : path.join(workFolder, 'rendered'),
      cwd,
      timeout: Math.ceil(timeout),
    },
    data: data && fromCaller(data),
  };
}

/**
 * Makes the notebook that predicts with the shipped model by default show the run that the same command trains. A named
 * run reaches both notebooks anyway.
 *
 * @param {import('./notebooks.mjs').Notebook[]} notebooks
 * @param {Record<string, unknown>[]} parameters of each notebook
 */
function showNewRun(notebooks, parameters) {
  if (!notebooks.some(({ name }) => name === '3-train')) return parameters;
  return parameters.map((own, index) =>
    notebooks[index].name === '5-infer' && !own.run ? { ...own, run: 'latest' } : own,
  );
}

/**
 * Splits "epochs=3" into name and value.
 *
 * @param {string} text
 * @returns {[string, string]}
 */
function parseParameter(text) {
  const match = /^([A-Za-z_$][\w$]*)=(.*)$/s.exec(text);
  if (!match) throw new Error(`-p takes name=value, got "${text}"`);
  return [match[1], match[2]];
}
