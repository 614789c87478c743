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
                       (otherwise SER_DATA, then data/ravdess, then the practice corpus)
  --only NAMES         some notebooks only, such as 2-features,3-train
  -p NAME=VALUE        a parameter of the notebooks, of the type that it has there: text, or JSON for numbers,
                       true or false, lists and objects; paths as seen from the folder of this call; repeatable
  --run NAME           the run's folder under data/runs, short for -p run=NAME
  --out DIR            where the rendered copies go (data/rendered)
  --timeout SECONDS    at most this long per cell (a day)
  --help
`;

/** A command line that makes no sense; the exit code is 2. */
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
 * "epochs=3" as a name and what stands behind it.
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
