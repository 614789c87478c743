/** Errors as text: one sentence for an expected error, the stack within this project for a fault. */
import path from 'node:path';
import { inspect } from 'node:util';
import { messageOf, root } from './setup/project.mjs';

/** Errors that JavaScript throws for a fault in a program. */
const FAULTS = [TypeError, ReferenceError, RangeError, SyntaxError, EvalError];

/**
 * True for the library's own errors, whose message says what to do: SerError, and RangeErrors that begin with a
 * function's name.
 *
 * @param {Error} error
 */
const isTyped = ({ name, message }) => name === 'SerError' || (name === 'RangeError' && /^[\w.]+: /.test(message));

/**
 * Name and message of a typed error; for any other also its stack, without the frames of packages and of Node.
 * SER_STACK=1 shows all of both.
 *
 * @param {unknown} error
 * @returns {string}
 */
export function describeError(error) {
  if (process.env.SER_STACK || !(error instanceof Error)) return inspect(error);
  if (isTyped(error)) return `${error.name}: ${error.message}`;
  const lines = (error.stack ?? String(error)).split('\n');
  const own = lines.filter((line) => !isFrame(line) || isOwnFrame(line));
  const shown = own.some(isFrame) ? own : lines;
  const cause = error.cause instanceof Error ? [`[cause]: ${describeError(error.cause)}`] : [];
  return [...shown, ...cause].join('\n');
}

/**
 * Message of a command that failed; for a fault of this project its stack, too.
 *
 * @param {unknown} error
 */
export function describeFailure(error) {
  const isFault = FAULTS.some((kind) => error instanceof kind) && !isTyped(/** @type {Error} */ (error));
  return isFault || process.env.SER_STACK ? describeError(error) : messageOf(error);
}

/** @param {string} line */
const isFrame = (line) => /^\s+at /.test(line);

/** True for a frame in this project, or in a notebook's cell. @param {string} line */
function isOwnFrame(line) {
  return (line.includes(root + path.sep) && !line.includes('node_modules')) || line.includes('evalmachine.');
}
