/** results.csv: what a model said about each test clip. */
import fs from 'node:fs';
import { EMOTIONS, type Emotion } from '../data/labels';
import { SerError } from '../errors';
import { writeFile } from '../files';
import { formatCsv, parseCsv } from './csv';

/** What a model said about one test clip. */
export interface ResultRow {
  /** The clip's name, such as `03-01-06-01-02-01-12.wav`. */
  file: string;
  actor: number;
  truth: Emotion;
  predicted: Emotion;
  /** Eight probabilities in the order of `EMOTIONS`, which add up to 1. */
  probabilities: ArrayLike<number>;
}

const HEADER = ['file', 'actor', 'true', 'predicted', ...EMOTIONS];

/** Eight float32 values of a softmax add up to 1 within 1e-6; rounding by other tools costs more. */
const SUM_TOLERANCE = 1e-3;

/**
 * Writes one line per clip: file, actor, true, predicted, then eight probabilities in columns named by emotion.
 *
 * Probabilities have the fewest digits from which the same float32 is read back.
 *
 * @throws RangeError naming the row and column if a value is not what the column holds
 */
export function writeResults(file: string, rows: readonly ResultRow[]): void {
  const records = rows.map((row, index) => {
    const fault = findFault(row);
    if (fault) throw new RangeError(`writeResults: ${fault.rule}, got ${fault.got} in row ${index} (${row.file})`);
    const probabilities = Array.from(row.probabilities, shortestFloat32);
    return [row.file, String(row.actor), row.truth, row.predicted, ...probabilities];
  });
  writeFile(file, formatCsv([HEADER, ...records]));
}

/**
 * Reads what `writeResults` wrote; probabilities are float32 values.
 *
 * @throws SerError `bad-artefact` naming line and column if the file is missing or a value is not what it should be
 */
export function readResults(file: string): ResultRow[] {
  const [header, ...records] = parseFile(file);
  const fail = (line: number, column: string, rule: string, got: string): never => {
    throw new SerError(
      'bad-artefact',
      `readResults: ${rule}, got ${got} in ${file}, line ${line}, column "${column}"; run 4-evaluate again`,
    );
  };
  const wrong = HEADER.findIndex((column, index) => header?.fields[index] !== column);
  if (wrong >= 0) fail(1, HEADER[wrong], 'the header must name this column here', `"${header?.fields[wrong] ?? ''}"`);
  return records.map(({ line, fields }) => {
    if (fields.length !== HEADER.length) {
      const last = HEADER[Math.min(fields.length, HEADER.length) - 1];
      fail(line, last, `a line must have ${HEADER.length} fields`, String(fields.length));
    }
    const [name, actor, truth, predicted, ...probabilities] = fields;
    const row: ResultRow = {
      file: name,
      actor: toNumber(actor),
      truth: truth as Emotion,
      predicted: predicted as Emotion,
      probabilities: probabilities.map((text) => Math.fround(toNumber(text))),
    };
    const fault = findFault(row);
    if (fault) fail(line, fault.column, fault.rule, `"${fields[HEADER.indexOf(fault.column)]}"`);
    return row;
  });
}

function parseFile(file: string): ReturnType<typeof parseCsv> {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SerError('bad-artefact', `readResults: no results in ${file}; run 4-evaluate first`, { cause });
  }
  try {
    return parseCsv(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SerError('bad-artefact', `readResults: ${file} is damaged (${reason}); run 4-evaluate again`, { cause });
  }
}

/** `Number('')` is 0, which would turn a missing value into a probability. */
function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** The first thing wrong with a row. */
function findFault(row: ResultRow): { column: string; rule: string; got: string } | undefined {
  if (row.file === '') return { column: 'file', rule: 'file must be named', got: '""' };
  if (!Number.isInteger(row.actor) || row.actor < 1) {
    return { column: 'actor', rule: 'actor must be a whole number from 1', got: String(row.actor) };
  }
  for (const [column, emotion] of [
    ['true', row.truth],
    ['predicted', row.predicted],
  ]) {
    if (!EMOTIONS.includes(emotion as Emotion)) {
      return { column, rule: `${column} must be one of ${EMOTIONS.join(', ')}`, got: `"${emotion}"` };
    }
  }
  if (row.probabilities.length !== EMOTIONS.length) {
    const got = String(row.probabilities.length);
    return { column: EMOTIONS[0], rule: `there must be ${EMOTIONS.length} probabilities`, got };
  }
  let sum = 0;
  for (const [index, column] of EMOTIONS.entries()) {
    const value = row.probabilities[index];
    if (!(value >= 0 && value <= 1)) {
      return { column, rule: `the probability of ${column} must be 0 to 1`, got: String(value) };
    }
    sum += value;
  }
  if (Math.abs(sum - 1) > SUM_TOLERANCE) {
    const last = EMOTIONS[EMOTIONS.length - 1];
    return { column: last, rule: `probabilities must add up to 1 up to column ${last}`, got: String(sum) };
  }
  return undefined;
}

/** The fewest digits from which the same float32 is read back; nine always suffice. */
function shortestFloat32(value: number): string {
  const single = Math.fround(value);
  for (let digits = 1; digits < 9; digits++) {
    const text = String(Number(single.toPrecision(digits)));
    if (Math.fround(Number(text)) === single) return text;
  }
  return String(Number(single.toPrecision(9)));
}
