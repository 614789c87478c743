/** results.csv: the prediction for each test clip. */
import { type Fault, formatCsv, readTable } from '../../csv';
import { EMOTIONS, type Emotion } from '../../data/labels';
import { writeFile } from '../../files';
import { faultOfEmotion, faultOfProbabilities, shortestFloat32, toNumber } from '../../training/runs/predictions';

/** Prediction for one test clip. */
export interface ResultRow {
  /** The clip's name, such as `03-01-06-01-02-01-12.wav`. */
  file: string;
  actor: number;
  truth: Emotion;
  predicted: Emotion;
  /** Eight probabilities in the order of `EMOTIONS`, with the sum 1. */
  probabilities: ArrayLike<number>;
}

const HEADER = ['file', 'actor', 'true', 'predicted', ...EMOTIONS];

/**
 * Writes one line per clip: file, actor, true, predicted, then eight probabilities in columns named by emotion.
 *
 * Probabilities have the fewest digits that restore the same float32.
 *
 * @throws RangeError naming row and column if a value does not fit its column
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
 * Reads results written by `writeResults`; probabilities are float32 values.
 *
 * @throws SerError `bad-artefact` naming line and column if the file is missing or a value is invalid
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

/** First error in a row, if any. */
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
