/** predictions.csv: what a model said about each clip of a side that it was not trained on, fold by fold. */
import { type Fault, formatCsv, readTable } from '../csv';
import { EMOTIONS, type Emotion } from '../data/labels';
import { writeFile } from '../files';

/** What a model said about one clip. */
export interface ClipPrediction {
  /** The clip's name, such as `03-01-06-01-02-01-12.wav`, which tells actor, intensity and statement. */
  clip: string;
  /** The fold whose model answered, from 1. */
  fold: number;
  truth: Emotion;
  /** Eight probabilities in the order of `EMOTIONS`, which add up to 1. */
  probabilities: ArrayLike<number>;
}

const HEADER = ['clip', 'fold', 'true', ...EMOTIONS];

/** Eight float32 values of a softmax add up to 1 within 1e-6; rounding by other tools costs more. */
const SUM_TOLERANCE = 1e-3;

/**
 * Writes one line per answer: clip, fold, true, then eight probabilities in columns named by emotion.
 *
 * Probabilities have the fewest digits from which the same float32 is read back.
 *
 * @throws RangeError naming the row if a value is not what its column holds
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
 * Reads what `writePredictions` wrote; probabilities are float32 values.
 *
 * @throws SerError `bad-artefact` naming line and column if the file is missing or a value is not what it should be
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

/** What is wrong with a name of an emotion. */
export function faultOfEmotion(column: string, emotion: string): Fault | undefined {
  if (EMOTIONS.includes(emotion as Emotion)) return undefined;
  return { column, rule: `${column} must be one of ${EMOTIONS.join(', ')}`, got: `"${emotion}"` };
}

/** What is wrong with eight probabilities. */
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
