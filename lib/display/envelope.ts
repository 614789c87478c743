/** Long signals and large matrices, made small enough to draw without changing their look. */
import type { Point } from './plotly';

/** Evenly spaced points of a curve. */
export interface Envelope {
  /** Seconds from the first point to the next. */
  step: number;
  values: Point[];
}

/** Rounds to `digits` significant digits, so that figures stay small; null for what is not a number. */
export function rounded(value: number, digits = 4): Point {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : null;
}

/**
 * A signal as at most `points` values that keep every peak: in each stretch its minimum and maximum, in their order.
 *
 * @param sampleRate samples per second
 * @param points even, at least 2
 * @example envelope(new Float32Array(44_100), 22_050).values.length // 4000
 */
export function envelope(samples: ArrayLike<number>, sampleRate: number, points = 4000): Envelope {
  if (samples.length <= points) {
    return { step: 1 / sampleRate, values: Array.from(samples, (value) => rounded(value)) };
  }
  const buckets = points / 2;
  const width = samples.length / buckets;
  const values: Point[] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = Math.floor(bucket * width);
    const end = Math.floor((bucket + 1) * width);
    let lowest = start;
    let highest = start;
    for (let i = start + 1; i < end; i++) {
      // "Not above" instead of "below", so that a first value which is no number is replaced.
      lowest = !(samples[i] >= samples[lowest]) && Number.isFinite(samples[i]) ? i : lowest;
      highest = !(samples[i] <= samples[highest]) && Number.isFinite(samples[i]) ? i : highest;
    }
    values.push(rounded(samples[Math.min(lowest, highest)]), rounded(samples[Math.max(lowest, highest)]));
  }
  return { step: width / 2 / sampleRate, values };
}

/** A matrix reduced to at most `maximumRows` × `maximumColumns`. */
export interface ReducedMatrix {
  z: Point[][];
  /** Position, in the original, of the middle of each row and column. */
  rows: number[];
  columns: number[];
}

/**
 * Reduces a row-major matrix by merging neighbouring cells into their maximum if there are more than a figure can show.
 *
 * @param digits significant digits kept
 */
export function reduceMatrix(
  values: ArrayLike<number>,
  rowCount: number,
  columnCount: number,
  limits: { rows: number; columns: number; digits?: number },
): ReducedMatrix {
  const rowStep = Math.ceil(rowCount / limits.rows);
  const columnStep = Math.ceil(columnCount / limits.columns);
  const starts = (count: number, step: number): number[] =>
    Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
  const rowStarts = starts(rowCount, rowStep);
  const columnStarts = starts(columnCount, columnStep);
  const z = rowStarts.map((firstRow) =>
    columnStarts.map((firstColumn) => {
      let highest = Number.NaN;
      for (let row = firstRow; row < Math.min(firstRow + rowStep, rowCount); row++) {
        for (let column = firstColumn; column < Math.min(firstColumn + columnStep, columnCount); column++) {
          const value = values[row * columnCount + column];
          if (!(value <= highest) && !Number.isNaN(value)) {
            highest = value;
          }
        }
      }
      return rounded(highest, limits.digits);
    }),
  );
  const middles = (first: number[], step: number, count: number): number[] =>
    first.map((start) => (start + Math.min(start + step, count) - 1) / 2);
  return { z, rows: middles(rowStarts, rowStep, rowCount), columns: middles(columnStarts, columnStep, columnCount) };
}

/** The value of a list at a position between two of its entries. */
export function valueAt(list: ArrayLike<number>, position: number): number {
  const lower = Math.floor(position);
  const fraction = position - lower;
  return fraction === 0 ? list[lower] : list[lower] * (1 - fraction) + list[lower + 1] * fraction;
}

/** Smallest and largest of the numbers, leaving out what is not finite; [0, 0] for none. */
export function extent(values: ArrayLike<number>): [number, number] {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) {
      lowest = Math.min(lowest, values[i]);
      highest = Math.max(highest, values[i]);
    }
  }
  return lowest <= highest ? [lowest, highest] : [0, 0];
}
