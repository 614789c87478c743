/** Rounding, medians and parabolas as NumPy and librosa compute them. */

/** The nearest whole number; halves go to the even one: 0.5 → 0, 1.5 → 2, 2.5 → 2. */
export function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The middle of numbers, of the two middle ones their mean; 0 of none. */
export function medianOf(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Offset, in places, of the vertex of the parabola through a value and its neighbours; 0 at the ends. */
export function parabolicShift(values: ArrayLike<number>, index: number): number {
  if (index === 0 || index === values.length - 1) return 0;
  const curvature = values[index + 1] + values[index - 1] - 2 * values[index];
  const slope = (values[index + 1] - values[index - 1]) / 2;
  return Math.abs(slope) >= Math.abs(curvature) ? 0 : -slope / curvature;
}
