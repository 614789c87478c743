/** The command line of `npm start`. */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { callerFolder, inProject, messageOf, workFolder } from '../setup/project.mjs';

/** Seconds: training all folds of a model in one cell may take hours. */
const LONGEST_CELL = 24 * 60 * 60;

export const USAGE = `Runs the five notebooks in order and renders them.

  npm start -- [options]

  --data PATH          RAVDESS: the archive, its folder, or a folder of archives
                       (default: SER_DATA, then data/ravdess, then the practice corpus)
  --only NAMES         runs only these notebooks, such as 2-features,3-train
  -p NAME=VALUE        sets a parameter of the notebooks, in its declared type: text, or JSON for numbers, true,
                       false, lists and objects; paths are relative to the current folder; repeatable
  --run NAME           run folder under data/runs, short for -p run=NAME
  --out DIR            folder of the rendered copies (default: data/rendered)
  --timeout SECONDS    time limit per cell (default: one day)
  --help               prints this text
`;

/** Invalid command line; the exit code is 2. */
export class UsageError extends Error {}

/**
 * @typedef {object} Options
 * @property {string | undefined} data absolute path
 * @property {string[] | undefined} only names of notebooks
 * @property {Record<string, string>} parameters as typed; `distribute` makes values of them
 * @property {string} out absolute path
 * @property {number} timeout seconds per cell
 * @property {string} notebooks the folder that they are in
 * @property {boolean} help
 */

/**
 * @param {string[]} args
 * @returns {Options}
 */
export function parseOptions(args) {
  const values = parse(args);
  const data = values.data ?? process.env.SER_DATA;
  if (data !== undefined && !fs.existsSync(fromCaller(data))) {
    throw new UsageError(`${values.data ? '--data' : 'SER_DATA'}: there is no ${fromCaller(data)}`);
  }
  const timeout = Number(values.timeout ?? LONGEST_CELL);
  if (!(timeout > 0)) throw new UsageError(`--timeout takes seconds, got ${values.timeout}`);
  return {
    data: data && fromCaller(data),
    only: values.only?.split(',').map((name) => name.trim()),
    parameters: Object.fromEntries([
      ...(values.parameter ?? []).map(parseParameter),
      ...(values.run === undefined ? [] : [['run', values.run]]),
    ]),
    out: values.out ? fromCaller(values.out) : path.join(workFolder, 'rendered'),
    timeout: Math.ceil(timeout),
    notebooks: values.notebooks ? fromCaller(values.notebooks) : inProject('notebooks'),
    help: values.help ?? false,
  };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        data: { type: 'string' },
        only: { type: 'string' },
        parameter: { type: 'string', short: 'p', multiple: true },
        run: { type: 'string' },
        out: { type: 'string' },
        timeout: { type: 'string' },
        // For the runner's own tests.
        notebooks: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

/**
 * Splits "epochs=3" into name and value.
 *
 * @param {string} text
 * @returns {[string, string]}
 */
function parseParameter(text) {
  const match = /^([A-Za-z_$][\w$]*)=(.*)$/s.exec(text);
  if (!match) throw new UsageError(`-p takes name=value, got "${text}"`);
  return [match[1], match[2]];
}

/** @param {string} file */
function fromCaller(file) {
  return path.resolve(callerFolder, file);
}
