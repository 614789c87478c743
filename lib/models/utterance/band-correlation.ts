/** Correlation between frequency bands. */
import type { FeatureMatrix } from '../../features/mel/mfcc';

/**
 * Pearson's correlation over time of every pair of columns; 0 for constant columns.
 *
 * @param levels [frames × bands]
 * @returns the pairs (0, 1), (0, 2), …, (1, 2), …: bands × (bands − 1) / 2 numbers from −1 to 1
 * @throws RangeError if there are no frames
 */
export function bandCorrelation({ frames, coefficients: bands, values }: FeatureMatrix): Float32Array {
  if (frames === 0) throw new RangeError('bandCorrelation: levels must have frames, got none');
  const columns = Array.from({ length: bands }, (_, band) => {
    const column = new Float64Array(frames);
    let mean = 0;
    for (let frame = 0; frame < frames; frame++) mean += values[frame * bands + band] / frames;
    let square = 0;
    for (let frame = 0; frame < frames; frame++) {
      column[frame] = values[frame * bands + band] - mean;
      square += column[frame] ** 2;
    }
    // A constant's rounding is not a change.
    const norm = Math.sqrt(square) > 1e-6 * Math.sqrt(frames) ? Math.sqrt(square) : Number.POSITIVE_INFINITY;
    return column.map((value) => value / norm);
  });
  const pairs: number[] = [];
  for (let a = 0; a < bands; a++) {
    for (let b = a + 1; b < bands; b++) {
      let product = 0;
      for (let frame = 0; frame < frames; frame++) product += columns[a][frame] * columns[b][frame];
      pairs.push(product);
    }
  }
  return Float32Array.from(pairs);
}
