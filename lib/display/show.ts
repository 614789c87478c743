/** Puts bundles below a notebook's cell, or as text into the terminal. */
import { randomBytes } from 'node:crypto';
import type { Bundle } from './bundle';

/** Function of tslab that sends `display_data`, or `update_display_data` if `update` is true. */
type WriteDisplayData = (
  content: { data: object; metadata: object; transient: { display_id?: string } },
  update: boolean,
) => void;

/** The two modules of tslab that this file uses; neither is typed for it. */
interface TslabJupyter {
  lastWriteDisplayData?: WriteDisplayData | null;
}
interface TslabPublic {
  display?: { html(html: string): void };
}

/**
 * The loaded modules of tslab with this name.
 *
 * Only modules that are loaded already count: loading tslab starts a compiler, and the kernel may be another
 * installation of tslab than the project's. A kernel that hands over to a local tslab has two of each.
 */
function loadedTslab(file: 'jupyter' | 'public'): unknown[] {
  const ending = new RegExp(`[\\\\/]tslab[\\\\/]dist[\\\\/]${file}\\.js$`);
  return Object.entries(require.cache).flatMap(([name, loaded]) => (ending.test(name) ? [loaded?.exports] : []));
}

/** tslab's own function that sends any number of MIME types at once; undefined outside a running cell. */
function displayWriter(): WriteDisplayData | undefined {
  for (const jupyter of loadedTslab('jupyter') as (TslabJupyter | undefined)[]) {
    if (typeof jupyter?.lastWriteDisplayData === 'function') {
      return jupyter.lastWriteDisplayData;
    }
  }
  return undefined;
}

/** Sends to the notebook; returns false outside a notebook. */
function send(bundle: Bundle, displayId: string | undefined, update: boolean): boolean {
  const write = displayWriter();
  if (write) {
    const transient = displayId === undefined ? {} : { display_id: displayId };
    write({ data: { ...bundle }, metadata: {}, transient }, update);
    return true;
  }
  // A version of tslab without that function still has its public one, which sends one MIME type.
  for (const tslab of loadedTslab('public') as (TslabPublic | undefined)[]) {
    try {
      if (tslab?.display && !update) {
        tslab.display.html(bundle['text/html']);
        return true;
      }
    } catch {
      // "Not ready": tslab is loaded, but this process is not its kernel.
    }
  }
  return false;
}

/** True if results of this process are shown in a notebook. */
export function inNotebook(): boolean {
  return displayWriter() !== undefined;
}

/**
 * Shows results below the cell, in all their MIME types; outside notebooks prints their text.
 *
 * @example show(waveform(signal, { title: 'Actor 12, fearful' }))
 */
export function show(...bundles: readonly Bundle[]): void {
  for (const bundle of bundles) {
    if (!send(bundle, undefined, false)) {
      process.stdout.write(`${bundle['text/plain']}\n`);
    }
  }
}

/**
 * One place below a cell whose content can be replaced.
 *
 * Figures go without their Plotly JSON: JupyterLab's Plotly keeps its first drawing, whatever comes after it. It shows
 * their text instead, and rendered pages the figure.
 */
export class LiveDisplay {
  private readonly id = randomBytes(8).toString('hex');
  private shown = false;

  /** Shows the first bundle, and puts each later one in its place; outside notebooks nothing is shown. */
  update(bundle: Bundle): void {
    const { 'text/html': html, 'text/plain': text } = bundle;
    const sent = send({ 'text/html': html, 'text/plain': text }, this.id, this.shown);
    this.shown ||= sent;
  }
}

/** Milliseconds between two updates, at least: five a second are readable, more only cost time. */
const INTERVAL = 200;

/** One result that is replaced in place: below a notebook's cell, or as a line of a terminal on standard error. */
export class StatusLine {
  private readonly live = inNotebook() ? new LiveDisplay() : undefined;
  private lastShown = Number.NEGATIVE_INFINITY;

  /** True if lines can be replaced; false where standard error is a file or pipe. */
  get replaces(): boolean {
    return this.live !== undefined || process.stderr.isTTY;
  }

  /** True if the last update is long enough ago for another one. */
  get isDue(): boolean {
    return performance.now() - this.lastShown >= INTERVAL;
  }

  /** Replaces what was shown: by the bundle in a notebook, by the line in a terminal; elsewhere does nothing. */
  show(line: string, bundle: () => Bundle): void {
    this.lastShown = performance.now();
    if (this.live) this.live.update(bundle());
    else if (process.stderr.isTTY) process.stderr.write(`\r${fitted(line)}${CLEAR}`);
  }

  /** Shows the last line, which stays: whole, in a log too. */
  end(line: string, bundle: () => Bundle): void {
    this.lastShown = Number.NEGATIVE_INFINITY;
    if (this.live) this.live.update(bundle());
    else process.stderr.write(process.stderr.isTTY ? `\r${line}${CLEAR}\n` : `${line}\n`);
  }
}

/** Clears what a longer line left. */
const CLEAR = '\u001b[K';

/** The beginning of a line, as much as fits in a terminal; all of it elsewhere. */
export function fitted(line: string): string {
  return process.stderr.isTTY ? line.slice(0, (process.stderr.columns || 80) - 1) : line;
}
