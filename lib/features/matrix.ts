/** Columns of feature matrices. */
import type { FeatureMatrix } from './mel/mfcc';

/** Each column by itself; loops, since `from` with a function takes ten times as long. */
export function columnsOf({ frames, coefficients, values }: FeatureMatrix): Float32Array[] {
  return Array.from({ length: coefficients }, (_, k) => {
    const column = new Float32Array(frames);
    for (let i = 0; i < frames; i++) column[i] = values[i * coefficients + k];
    return column;
  });
}

/** The mean of each coefficient over the frames. */
export function meanOverFrames(features: FeatureMatrix): number[] {
  return columnsOf(features).map((column) => column.reduce((sum, value) => sum + value, 0) / column.length);
}

/** Matrices of the same number of frames side by side; an array is a matrix of one column. */
export function sideBySide(parts: readonly (FeatureMatrix | Float32Array)[]): FeatureMatrix {
  const matrices = parts.map((part) =>
    part instanceof Float32Array ? { frames: part.length, coefficients: 1, values: part } : part,
  );
  const [{ frames }] = matrices;
  const coefficients = matrices.reduce((sum, matrix) => sum + matrix.coefficients, 0);
  const values = new Float32Array(frames * coefficients);
  let first = 0;
  for (const part of matrices) {
    for (let frame = 0; frame < frames; frame++) {
      for (let k = 0; k < part.coefficients; k++) {
        values[frame * coefficients + first + k] = part.values[frame * part.coefficients + k];
      }
    }
    first += part.coefficients;
  }
  return { frames, coefficients, values };
}

/** `count` columns, each the mean of neighbouring ones, in double precision. */
export function meanColumns({ frames, coefficients, values }: FeatureMatrix, count: number): Float64Array[] {
  const width = coefficients / count;
  return Array.from({ length: count }, (_, column) => {
    const means = new Float64Array(frames);
    for (let frame = 0; frame < frames; frame++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += values[frame * coefficients + column * width + k];
      means[frame] = sum / width;
    }
    return means;
  });
}

/** Arrays one after the other. */
export function concatenate(parts: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const part of parts) {
    result.set(part, place);
    place += part.length;
  }
  return result;
}
