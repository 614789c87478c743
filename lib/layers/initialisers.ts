/** Keras's initial weights, drawn from the seeded generator. */
import type { Random } from '../random';

/**
 * Uniform between ±√(6 / (fanIn + fanOut)).
 *
 * @see Glorot & Bengio (2010)
 */
export function glorotUniform(random: Random, length: number, fanIn: number, fanOut: number): Float32Array {
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  return Float32Array.from({ length }, () => random.uniform(-limit, limit));
}

/**
 * A row-major [rows × columns] matrix with orthonormal rows (or columns, whichever are fewer): normal
 * numbers made orthogonal by the modified Gram–Schmidt process.
 *
 * @see Saxe, McClelland & Ganguli (2014)
 */
export function orthogonal(random: Random, rows: number, columns: number): Float32Array {
  const transposed = rows > columns;
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const vectors: Float64Array[] = [];
  for (let i = 0; i < count; i++) {
    const vector = Float64Array.from({ length }, () => random.normal());
    for (const earlier of vectors) {
      const projection = vector.reduce((sum, value, k) => sum + value * earlier[k], 0);
      for (let k = 0; k < length; k++) vector[k] -= projection * earlier[k];
    }
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    vectors.push(vector.map((value) => value / norm));
  }
  const matrix = new Float32Array(rows * columns);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < length; k++) matrix[transposed ? k * columns + i : i * columns + k] = vectors[i][k];
  }
  return matrix;
}
