/** The course of an utterance's spectrum, whatever its length: a spectrogram as a few coefficients. */
import type { FeatureMatrix } from '../../features/mel/mfcc';

/** Options of `spectralShape`. */
export interface SpectralShapeOptions {
  /** Coefficients along time, int > 0; default 12. */
  timeCoefficients?: number;
  /** Coefficients along frequency, int > 0 and at most the number of bands; default 16. */
  bandCoefficients?: number;
}

/** Points in time that every utterance is read at. */
const POINTS = 64;

/**
 * The slowest coefficients of a spectrogram's two-dimensional cosine transform, its length brought to 64 points.
 *
 * The duration is normalised, so that the same syllable is at about the same position for all speakers of a sentence.
 *
 * spectrogram → 64 points in time, interpolated → orthonormal DCT-II along bands and time → the corner of slow changes
 *
 * @param spectrogram in decibels, [frames × bands]
 * @returns [timeCoefficients × bandCoefficients], row-major
 * @throws RangeError if the spectrogram is empty or an option is out of its range
 */
export function spectralShape(spectrogram: FeatureMatrix, options: SpectralShapeOptions = {}): Float32Array {
  const { timeCoefficients = 12, bandCoefficients = 16 } = options;
  const { frames, coefficients: bands, values } = spectrogram;
  if (frames === 0) throw new RangeError('spectralShape: the spectrogram must have frames, got none');
  checkCount('timeCoefficients', timeCoefficients, POINTS);
  checkCount('bandCoefficients', bandCoefficients, bands);
  const alongBands = cosines(bandCoefficients, bands);
  const alongTime = cosines(timeCoefficients, POINTS);
  const courses = new Float64Array(POINTS * bandCoefficients);
  for (let point = 0; point < POINTS; point++) {
    const place = (point * (frames - 1)) / (POINTS - 1);
    const before = Math.floor(place);
    const after = Math.min(frames - 1, before + 1);
    const share = place - before;
    for (let k = 0; k < bandCoefficients; k++) {
      let sum = 0;
      for (let band = 0; band < bands; band++) {
        const [early, late] = [values[before * bands + band], values[after * bands + band]];
        sum += alongBands[k * bands + band] * (early + share * (late - early));
      }
      courses[point * bandCoefficients + k] = sum;
    }
  }
  const shape = new Float32Array(timeCoefficients * bandCoefficients);
  for (let t = 0; t < timeCoefficients; t++) {
    for (let k = 0; k < bandCoefficients; k++) {
      let sum = 0;
      for (let point = 0; point < POINTS; point++)
        sum += alongTime[t * POINTS + point] * courses[point * bandCoefficients + k];
      shape[t * bandCoefficients + k] = sum;
    }
  }
  return shape;
}

function checkCount(name: string, value: number, most: number): void {
  if (!(Number.isInteger(value) && value > 0 && value <= most)) {
    throw new RangeError(`spectralShape: ${name} must be 1 to ${most}, got ${value}`);
  }
}

/** Rows of the orthonormal DCT-II. */
function cosines(rows: number, length: number): Float64Array {
  const key = `${rows}/${length}`;
  let known = tables.get(key);
  if (!known) {
    known = new Float64Array(rows * length);
    for (let k = 0; k < rows; k++) {
      const scale = Math.sqrt((k === 0 ? 1 : 2) / length);
      for (let n = 0; n < length; n++) known[k * length + n] = scale * Math.cos((Math.PI * k * (n + 0.5)) / length);
    }
    tables.set(key, known);
  }
  return known;
}
const tables = new Map<string, Float64Array>();
