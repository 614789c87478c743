/** Command lines: options, help, exit codes, and a quiet end if the reader of the output is gone. */
import { parseArgs } from 'node:util';
import { describeFailure } from './errors.mjs';
import { describeExhaustion } from './setup/address-space.mjs';
import { runScript, setUp } from './setup/index.mjs';
import { messageOf, SetupError } from './setup/project.mjs';

/**
 * @typedef {NonNullable<import('node:util').ParseArgsConfig['options']>} Options
 * @typedef {{ values: Record<string, any>, positionals: string[] }} Arguments
 */

/**
 * Runs a command after set-up. Exit codes: that of `work`, or 0 without one; 1 if `work` fails; 2 for wrong options.
 *
 * @template Chosen
 * @param {object} command
 * @param {string} command.name printed before messages
 * @param {string} command.help
 * @param {Options} command.options without --help
 * @param {boolean} [command.allowPositionals] default false
 * @param {boolean} [command.isEndedByReader] true if the output is all that the command makes; default true
 * @param {(args: Arguments) => Chosen} command.read checks the arguments; an error that it throws means wrong options
 * @param {(chosen: Chosen) => Promise<number | void>} command.work
 */
export async function runCommand(command) {
  const { name, help, options, allowPositionals = false, isEndedByReader = true, read, work } = command;
  process.stdout.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code !== 'EPIPE') throw error;
    if (isEndedByReader) process.exit();
  });
  await runScript(async () => {
    let chosen;
    try {
      const args = parseArgs({ options: { ...options, help: { type: 'boolean', short: 'h' } }, allowPositionals });
      if (args.values.help) {
        process.stdout.write(help);
        return 0;
      }
      chosen = read(args);
    } catch (error) {
      process.stderr.write(`${name}: ${messageOf(error)}\n\n${help}`);
      return 2;
    }
    await setUp();
    try {
      return (await work(chosen)) ?? 0;
    } catch (error) {
      if (error instanceof SetupError || describeExhaustion(error)) throw error; // `runScript` describes them
      process.stderr.write(`${name}: ${describeFailure(error)}\n`);
      return 1;
    }
  });
}
