/** Rounding as NumPy does it, on which counts of bins and pitches agree with librosa's. */

/** The nearest whole number; halves go to the even one: 0.5 → 0, 1.5 → 2, 2.5 → 2. */
export function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
