/** predictions.csv: predictions for each clip of a side that the model was not trained on, fold by fold. */
import { type Fault, formatCsv, readTable } from '../../csv';
import { EMOTIONS, type Emotion } from '../../data/labels';
import { writeFile } from '../../files';

/** Prediction for one clip. */
export interface ClipPrediction {
  /** Clip name, such as `03-01-06-01-02-01-12.wav`, which encodes actor, intensity and statement. */
  clip: string;
  /** Fold of the model, from 1. */
  fold: number;
  truth: Emotion;
  /** Eight probabilities in the order of `EMOTIONS`, with the sum 1. */
  probabilities: ArrayLike<number>;
}

const HEADER = ['clip', 'fold', 'true', ...EMOTIONS];

/** The sum of eight float32 softmax outputs is within 1e-6 of 1; other tools round more coarsely. */
const SUM_TOLERANCE = 1e-3;

/**
 * Writes one line per prediction: clip, fold, true, then eight probabilities in columns named by emotion.
 *
 * Probabilities have the fewest digits that restore the same float32.
 *
 * @throws RangeError naming the row if a value does not fit its column
 */
export function writePredictions(file: string, rows: readonly ClipPrediction[]): void {
  const records = rows.map((row, index) => {
    const fault = findFault(row);
    if (fault) throw new RangeError(`writePredictions: ${fault.rule}, got ${fault.got} in row ${index} (${row.clip})`);
    return [row.clip, String(row.fold), row.truth, ...Array.from(row.probabilities, shortestFloat32)];
  });
  writeFile(file, formatCsv([HEADER, ...records]));
}

/**
 * Reads predictions written by `writePredictions`; probabilities are float32 values.
 *
 * @throws SerError `bad-artefact` naming line and column if the file is missing or a value is invalid
 * @example readPredictions(run.file('predictions.csv'))[0].probabilities // eight numbers
 */
export function readPredictions(file: string): ClipPrediction[] {
  const source = { caller: 'readPredictions', content: 'predictions', notebook: '3-train' };
  const parse = ([clip, fold, truth, ...probabilities]: string[]): ClipPrediction => ({
    clip,
    fold: toNumber(fold),
    truth: truth as Emotion,
    probabilities: probabilities.map((text) => Math.fround(toNumber(text))),
  });
  return readTable(file, source, { header: HEADER, parse, findFault });
}

function findFault({ clip, fold, truth, probabilities }: ClipPrediction): Fault | undefined {
  if (clip === '') return { column: 'clip', rule: 'clip must be named', got: '""' };
  if (!Number.isInteger(fold) || fold < 1) {
    return { column: 'fold', rule: 'fold must be a whole number from 1', got: String(fold) };
  }
  return faultOfEmotion('true', truth) ?? faultOfProbabilities(probabilities);
}

/** Error in an emotion's name, if any. */
export function faultOfEmotion(column: string, emotion: string): Fault | undefined {
  if (EMOTIONS.includes(emotion as Emotion)) return undefined;
  return { column, rule: `${column} must be one of ${EMOTIONS.join(', ')}`, got: `"${emotion}"` };
}

/** Error in eight probabilities, if any. */
export function faultOfProbabilities(probabilities: ArrayLike<number>): Fault | undefined {
  if (probabilities.length !== EMOTIONS.length) {
    const got = String(probabilities.length);
    return { column: EMOTIONS[0], rule: `there must be ${EMOTIONS.length} probabilities`, got };
  }
  let sum = 0;
  for (const [index, column] of EMOTIONS.entries()) {
    const value = probabilities[index];
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

/** `Number('')` is 0, which would turn a missing value into a probability. */
export function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** The fewest digits from which the same float32 is read back; nine always suffice. */
export function shortestFloat32(value: number): string {
  const single = Math.fround(value);
  for (let digits = 1; digits < 9; digits++) {
    const text = String(Number(single.toPrecision(digits)));
    if (Math.fround(Number(text)) === single) return text;
  }
  return String(Number(single.toPrecision(9)));
}
