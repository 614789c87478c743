/** Runs scripts/execute.py: sends it the notebooks, follows its events, and cleans up its processes. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { jupyterSettings } from '../setup/kernelspec.mjs';
import { inProject, SetupError } from '../setup/project.mjs';
import { pythonEnvironment } from '../setup/python.mjs';
import { Progress } from './progress.mjs';

/**
 * @typedef {object} Job
 * @property {{ name: string, path: string, parameters: Record<string, unknown> }[]} notebooks
 * @property {string} out folder of the rendered copies
 * @property {string} cwd folder that the notebooks run in
 * @property {number} timeout seconds per cell
 *
 * @typedef {object} Failure
 * @property {string} name the notebook
 * @property {number} number the cell
 * @property {string} source
 * @property {string} error
 * @property {string[]} traceback
 *
 * @typedef {{ event: 'notebook', name: string, cells: number } | { event: 'kernel', pid: number }
 *   | { event: 'cell', number: number, source: string } | { event: 'cell-finished' | 'rendering' } | { event: 'finished' }
 *   | ({ event: 'failed' } & Failure) | { event: 'broken', traceback: string[] }} Event a line of execute.py
 */

/** State of the notebooks, updated by events. */
class Account {
  #progress = new Progress();
  #index = -1;
  #started = 0;
  kernel = 0;
  broken = '';
  /** @type {Failure | undefined} */
  failure;

  /** @param {Job} job */
  constructor(job) {
    /** @type {import('./progress.mjs').Result[]} */
    this.results = job.notebooks.map(({ name }) => ({ name, cells: 0, of: 0, seconds: 0, outcome: 'not run' }));
  }

  /** @param {Event} event */
  add(event) {
    if (event.event === 'notebook') {
      this.#index++;
      this.#started = performance.now();
    }
    const result = this.results[this.#index];
    if (result) result.seconds = (performance.now() - this.#started) / 1000;
    switch (event.event) {
      case 'notebook':
        result.of = event.cells;
        return this.#progress.notebook(event.name, event.cells);
      case 'kernel':
        this.kernel = event.pid;
        return;
      case 'cell':
        result.cells = event.number;
        return this.#progress.cell(result.name, event.number, result.of, event.source);
      case 'cell-finished':
        return this.#progress.cellFinished();
      case 'rendering':
        return this.#progress.rendering(result.name);
      case 'finished':
        result.outcome = 'ok';
        return;
      case 'failed':
        result.outcome = `failed at cell ${event.number}`;
        this.failure = event;
        return;
      case 'broken':
        this.broken = event.traceback.join('\n');
    }
  }

  /** @param {boolean} stopped by the user */
  close(stopped) {
    this.#progress.end();
    const result = this.results[this.#index];
    if (stopped && result && result.outcome !== 'ok') result.outcome = 'stopped';
  }
}

/**
 * Runs notebooks until one fails or the user stops them.
 *
 * @param {Job} job
 * @param {string | undefined} data value of SER_DATA in the notebooks
 */
export async function execute(job, data) {
  const account = new Account(job);
  const environment = { ...process.env, ...jupyterSettings(), PYTHONUTF8: '1', ...(data ? { SER_DATA: data } : {}) };
  const python = spawn(pythonEnvironment().python, [inProject('scripts', 'execute.py')], { env: environment });
  const closed = new Promise((resolve) => python.on('close', resolve).on('error', resolve));
  let stderr = '';
  python.stderr.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-4000);
  });

  let stopped = false;
  const stop = () => {
    stopped = true;
    python.stdin.end(); // which also happens if this process is killed
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) process.on(signal, stop);

  const plotly = inProject('node_modules', 'plotly.js-dist-min', 'plotly.min.js');
  python.stdin.on('error', () => {}); // already ended; the exit code has the reason
  python.stdin.write(`${JSON.stringify({ ...job, plotly })}\n`);
  for await (const line of createInterface(python.stdout)) account.add(JSON.parse(line));

  await closed;
  for (const signal of signals) process.off(signal, stop);
  killGroup(account.kernel);
  account.close(stopped);
  const { results, failure, broken } = account;
  if (!stopped && !failure && results.some(({ outcome }) => outcome !== 'ok')) {
    const wayOut = 'If Python lacks a module, delete .venv and run "npm run setup".';
    throw new SetupError(`execute.py ended early:\n${(broken || stderr).trimEnd()}\n${wayOut}`);
  }
  return { results, failure, stopped };
}

/** Ends a kernel that outlived its client. @param {number} pid */
function killGroup(pid) {
  if (pid === 0) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // already ended, as expected
  }
}
