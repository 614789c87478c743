/** results.csv: what a model said about each test clip. */
import { type Fault, formatCsv, readTable } from '../csv';
import { EMOTIONS, type Emotion } from '../data/labels';
import { writeFile } from '../files';
import { faultOfEmotion, faultOfProbabilities, shortestFloat32, toNumber } from '../training/predictions';

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
  const source = { caller: 'readResults', content: 'results', notebook: '4-evaluate' };
  const parse = ([name, actor, truth, predicted, ...probabilities]: string[]): ResultRow => ({
    file: name,
    actor: toNumber(actor),
    truth: truth as Emotion,
    predicted: predicted as Emotion,
    probabilities: probabilities.map((text) => Math.fround(toNumber(text))),
  });
  return readTable(file, source, { header: HEADER, parse, findFault });
}

/** The first thing wrong with a row. */
function findFault(row: ResultRow): Fault | undefined {
  if (row.file === '') return { column: 'file', rule: 'file must be named', got: '""' };
  if (!Number.isInteger(row.actor) || row.actor < 1) {
    return { column: 'actor', rule: 'actor must be a whole number from 1', got: String(row.actor) };
  }
  return (
    faultOfEmotion('true', row.truth) ??
    faultOfEmotion('predicted', row.predicted) ??
    faultOfProbabilities(row.probabilities)
  );
}
