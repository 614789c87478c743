/** Slopes and curvatures of features over time, from polynomials fitted to a few frames around each frame. */
import type { FeatureMatrix } from '../mel/mfcc';

/** Padding beyond the ends; see `DeltaOptions.mode`. */
export type DeltaMode = 'interp' | 'nearest' | 'mirror' | 'constant' | 'wrap';

/** Options of `delta`. */
export interface DeltaOptions {
  /** Frames that each value is fitted to, an odd int ≥ 3; default 9. */
  width?: number;
  /** 1 for the slope, 2 for the curvature, int > 0 and below `width`; default 1. */
  order?: number;
  /**
   * The ends. `interp`: the polynomial of the first, and of the last, `width` frames; `nearest`: the last frame
   * repeated; `mirror`: the frames in reverse, the last one not twice; `constant`: zeros; `wrap`: the frames of the
   * other end. Default `interp`.
   */
  mode?: DeltaMode;
}

/**
 * The derivative of each coefficient by Savitzky and Golay: a polynomial of degree `order`, fitted by least squares to
 * the `width` frames around each frame, differentiated `order` times.
 *
 * @returns [frames × coefficients], per frame (order 1) or per frame squared (order 2)
 * @throws RangeError if an option is out of its range, or there are fewer frames than `width` with `interp`
 * @see Savitzky & Golay (1964); agrees with librosa.feature.delta (delta.test.ts)
 */
export function delta(features: FeatureMatrix, options: DeltaOptions = {}): FeatureMatrix {
  const { width = 9, order = 1, mode = 'interp' } = options;
  const { frames, coefficients, values } = features;
  if (!(Number.isInteger(width) && width >= 3 && width % 2 === 1)) {
    throw new RangeError(`delta: width must be an odd whole number from 3 up, got ${width}`);
  }
  if (!(Number.isInteger(order) && order > 0 && order < width)) {
    throw new RangeError(`delta: order must be a whole number from 1 to ${width - 1}, got ${order}`);
  }
  if (mode === 'interp' && frames < width) {
    throw new RangeError(
      `delta: width must be at most ${frames} (frames) in mode interp, got ${width}; choose another mode`,
    );
  }
  const half = (width - 1) / 2;
  const weights = derivativeWeights(width, order);
  const changes = new Float32Array(frames * coefficients);
  const sums = new Float64Array(coefficients);
  for (let frame = 0; frame < frames; frame++) {
    // A polynomial's highest derivative is constant: at the ends it is that of the first or last whole window.
    const first = mode === 'interp' ? Math.min(Math.max(0, frame - half), frames - width) : frame - half;
    sums.fill(0);
    for (let i = 0; i < width; i++) {
      const row = beyond(first + i, frames, mode);
      if (row < 0) continue;
      for (let k = 0; k < coefficients; k++) sums[k] += weights[i] * values[row * coefficients + k];
    }
    changes.set(sums, frame * coefficients);
  }
  return { frames, coefficients, values: changes };
}

/** Frame index at a position, also beyond the ends; −1 for zeros. */
function beyond(place: number, frames: number, mode: DeltaMode): number {
  if (place >= 0 && place < frames) return place;
  switch (mode) {
    case 'nearest':
      return place < 0 ? 0 : frames - 1;
    case 'wrap':
      return ((place % frames) + frames) % frames;
    case 'mirror': {
      const period = Math.max(1, 2 * (frames - 1));
      const turned = ((place % period) + period) % period;
      return Math.min(turned, period - turned) % frames;
    }
    default:
      return -1;
  }
}

/**
 * Weights of `width` values whose sum is the `order`-th derivative of the polynomial of degree `order` that fits best.
 *
 * It is `order`! times the polynomial's leading coefficient, hence the projection on Gram's orthogonal polynomial of
 * that degree.
 */
function derivativeWeights(width: number, order: number): Float64Array {
  const centre = (width - 1) / 2;
  let previous = new Float64Array(width);
  let current = new Float64Array(width).fill(1);
  let previousNorm = 1;
  let norm = width;
  let factorial = 1;
  // Gram's recurrence, leading coefficients 1: p[k + 1](x) = x p[k](x) − ‖p[k]‖² / ‖p[k − 1]‖² · p[k − 1](x)
  for (let degree = 0; degree < order; degree++) {
    const ratio = norm / previousNorm;
    const next = current.map((value, i) => (i - centre) * value - ratio * previous[i]);
    [previous, current, previousNorm] = [current, next, norm];
    norm = next.reduce((sum, value) => sum + value * value, 0);
    factorial *= degree + 1;
  }
  return current.map((value) => (factorial * value) / norm);
}
