/** Predictions as a table for people, JSON lines or CSV for programs. */
import { formatCsv } from '../../lib/dist/csv.js';

/**
 * One line of output: a recording, or one window of it.
 *
 * @typedef {object} Line
 * @property {string} file
 * @property {number} [start] seconds, in a timeline
 * @property {number} [end]
 * @property {number} [seconds] length of the recording
 * @property {string} [emotion] absent if the file is unusable
 * @property {number} [probability]
 * @property {boolean} [sure]
 * @property {Record<string, number>} [probabilities]
 * @property {string[]} [warnings]
 * @property {string} [voice]
 * @property {string} [error]
 */

/**
 * @typedef {object} Format
 * @property {string} head text before the first line
 * @property {(line: Line) => string} line
 */

/**
 * Chooses the format by the options, or else by where the output goes.
 *
 * @param {{ json?: boolean, csv?: boolean, timeline?: boolean, gender?: boolean }} values
 * @param {readonly string[]} labels
 * @param {readonly string[]} names
 * @returns {Format}
 */
export function chooseFormat({ json, csv: asCsv, timeline = false, gender = false }, labels, names) {
  if (asCsv) return csv({ labels, timeline, gender });
  if (json || !process.stdout.isTTY) return jsonLines;
  const width = names.reduce((most, name) => Math.max(most, name.length), 0);
  return table({ width, timeline, gender });
}

/** @type {Format} One JSON object per line; fields that do not apply are omitted. */
export const jsonLines = { head: '', line: (line) => `${JSON.stringify(line)}\n` };

/**
 * One record per line, after a header of column names; probabilities have four decimals.
 *
 * @param {{ labels: readonly string[], timeline: boolean, gender: boolean }} columns
 * @returns {Format}
 */
export function csv({ labels, timeline, gender }) {
  const times = timeline ? ['start', 'end'] : ['seconds'];
  const head = ['file', ...times, 'emotion', 'probability', 'sure', ...labels, ...(gender ? ['voice'] : [])];
  const number = (/** @type {number | undefined} */ value, decimals = 4) => value?.toFixed(decimals) ?? '';
  return {
    head: formatCsv([[...head, 'warnings', 'error']]),
    line: (line) =>
      formatCsv([
        [
          line.file,
          ...(timeline ? [number(line.start, 2), number(line.end, 2)] : [number(line.seconds, 2)]),
          line.emotion ?? '',
          number(line.probability),
          line.sure === undefined ? '' : String(line.sure),
          ...labels.map((label) => number(line.probabilities?.[label])),
          ...(gender ? [line.voice ?? ''] : []),
          line.warnings?.join('; ') ?? '',
          line.error ?? '',
        ],
      ]),
  };
}

/**
 * Table for a terminal; warnings are printed below their line.
 *
 * @param {{ width: number, timeline: boolean, gender: boolean }} options width: characters of the longest file name
 * @returns {Format}
 */
export function table({ width, timeline, gender }) {
  const file = Math.max(4, width);
  const time = timeline ? '   seconds  ' : '';
  return {
    head: `${'file'.padEnd(file)}  ${time}${'emotion'.padEnd(10)} probability  next${' '.repeat(12)}${gender ? 'voice' : ''}\n`,
    line(line) {
      const name = line.file.padEnd(file);
      if (line.error !== undefined) return `${name}  failed: ${line.error}\n`;
      const ranked = Object.entries(line.probabilities ?? {}).sort(([, a], [, b]) => b - a);
      const [next] = ranked.filter(([label]) => label !== line.emotion);
      const percent = (/** @type {number | undefined} */ value) => `${Math.round(100 * (value ?? 0))} %`.padStart(5);
      const when = timeline
        ? `${(line.start ?? 0).toFixed(1).padStart(5)}–${(line.end ?? 0).toFixed(1).padEnd(5)} `
        : '';
      const emotion = (line.sure ? line.emotion : `${line.emotion}?`)?.padEnd(10);
      const other = next ? `${next[0]} ${percent(next[1]).trim()}`.padEnd(16) : '';
      const notes = (line.warnings ?? []).map((warning) => `${' '.repeat(file)}  ! ${warning}\n`).join('');
      return `${name}  ${when}${emotion} ${percent(line.probability)}        ${other}${line.voice ?? ''}\n${notes}`;
    },
  };
}
