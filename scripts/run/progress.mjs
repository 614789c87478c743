/** Terminal output while notebooks run. */
import { inWords } from '../setup/project.mjs';

/**
 * Result of one notebook.
 *
 * @typedef {object} Result
 * @property {string} name
 * @property {number} cells code cells that were run
 * @property {number} of code cells in all; 0 when it was not started
 * @property {number} seconds
 * @property {string} outcome
 */

/** One line that is rewritten on a terminal; a line per cell elsewhere, as in a log. */
export class Progress {
  #terminal = process.stdout.isTTY === true;
  #line = '';
  #started = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #clock;

  /** @param {string} name @param {number} cells */
  notebook(name, cells) {
    if (!this.#terminal) console.log(`${name}: ${cells} cells`);
    this.#show(`${name}  starting the kernel`);
  }

  /** @param {string} name @param {number} number @param {number} of @param {string} source */
  cell(name, number, of, source) {
    const firstLine = source.split('\n').find((line) => line.trim() && !/^\s*\/[/*]/.test(line));
    this.#show(`${name} ${number}/${of}  ${firstLine ?? ''}`);
  }

  cellFinished() {
    if (!this.#terminal) console.log(`  ${this.#line.slice(0, 100)}  (${this.#elapsed()})`);
  }

  /** @param {string} name */
  rendering(name) {
    this.#show(`${name}  rendering`);
  }

  /** Leaves the line, so that other text can follow. */
  end() {
    clearInterval(this.#clock);
    this.#clock = undefined;
    if (this.#terminal) process.stdout.write('\r\x1b[K');
  }

  /** @param {string} line */
  #show(line) {
    this.#line = line;
    this.#started = performance.now();
    if (!this.#terminal) return;
    this.#clock ??= setInterval(() => this.#draw(), 1000);
    this.#draw();
  }

  #draw() {
    const elapsed = `  ${this.#elapsed()}`;
    const room = (process.stdout.columns || 80) - elapsed.length - 1;
    process.stdout.write(`\r\x1b[K${this.#line.slice(0, room)}${elapsed}`);
  }

  #elapsed() {
    return inWords((performance.now() - this.#started) / 1000);
  }
}
