/** Platt scaling: margins of a two-class machine as probabilities. */

/** P(positive) = 1 / (1 + exp(−(slope · margin + intercept))). */
export interface PlattScaling {
  slope: number;
  intercept: number;
}

/** Newton steps; the problem is convex in two unknowns, and fewer than ten suffice. */
const STEPS = 50;

/**
 * Fits the curve from margins to probabilities on clips that the machine was not trained on.
 *
 * Targets are (n₊ + 1)/(n₊ + 2) and 1/(n₋ + 2) rather than 1 and 0, so that the slope stays finite if all clips are
 * on the correct side.
 *
 * @param positive the side of each margin's clip; both must occur
 * @see Platt (1999), Probabilistic outputs for support vector machines; Lin, Lin & Weng (2007)
 */
export function fitPlatt(margins: readonly number[], positive: readonly boolean[]): PlattScaling {
  const count = positive.filter(Boolean).length;
  const targets = positive.map((side) => (side ? (count + 1) / (count + 2) : 1 / (positive.length - count + 2)));
  let [slope, intercept] = [0, Math.log((count + 1) / (positive.length - count + 1))];
  for (let step = 0; step < STEPS; step++) {
    let [gs, gi, ss, si, ii] = [0, 0, 1e-12, 0, 1e-12];
    margins.forEach((margin, clip) => {
      const p = plattProbability({ slope, intercept }, margin);
      const [error, weight] = [p - targets[clip], Math.max(p * (1 - p), 1e-12)];
      gs += error * margin;
      gi += error;
      ss += weight * margin * margin;
      si += weight * margin;
      ii += weight;
    });
    const determinant = ss * ii - si * si;
    // Damped beyond 5, where the curve is so flat that a full step would overshoot.
    const [ds, di] = [(ii * gs - si * gi) / determinant, (ss * gi - si * gs) / determinant];
    const damping = Math.min(1, 5 / Math.max(Math.abs(ds), Math.abs(di), 1e-12));
    slope -= damping * ds;
    intercept -= damping * di;
    if (Math.abs(ds) + Math.abs(di) < 1e-10) break;
  }
  return { slope, intercept };
}

/** The probability of the positive side, from 0 to 1. */
export function plattProbability({ slope, intercept }: PlattScaling, margin: number): number {
  return 1 / (1 + Math.exp(-(slope * margin + intercept)));
}
