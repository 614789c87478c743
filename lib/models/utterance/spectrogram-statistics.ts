/** Statistics of a whole spectrogram, [frames × bands] in decibels: its course, its modulation, and correlated bands. */
import { RealFft } from '../../audio/transform/fft';
import { columnsOf } from '../../features/matrix';
import { cosineTransform, type FeatureMatrix } from '../../features/mel/mfcc';

/** Size of `spectralShape`: coefficients along time and along frequency. */
export const SHAPE = { timeCoefficients: 12, bandCoefficients: 16 } as const;

/** Points in time that every utterance is read at. */
const POINTS = 64;

/**
 * The slowest coefficients of a spectrogram's two-dimensional cosine transform, its length brought to 64 points.
 *
 * The duration is normalised, so that the same syllable is at about the same position for all speakers of a sentence.
 *
 * spectrogram → 64 points in time, interpolated → orthonormal DCT-II along bands and time → the corner of slow changes
 *
 * @param spectrogram of at least one frame and 16 bands
 * @returns [12 × 16], row-major
 */
export function spectralShape({ frames, coefficients: bands, values }: FeatureMatrix): Float32Array {
  const { timeCoefficients, bandCoefficients } = SHAPE;
  const points = new Float64Array(POINTS * bands);
  for (let point = 0; point < POINTS; point++) {
    const place = (point * (frames - 1)) / (POINTS - 1);
    const before = Math.floor(place);
    const after = Math.min(frames - 1, before + 1);
    const share = place - before;
    for (let band = 0; band < bands; band++) {
      const [early, late] = [values[before * bands + band], values[after * bands + band]];
      points[point * bands + band] = early + share * (late - early);
    }
  }
  const courses = transposed(cosineTransform(points, bands, bandCoefficients), bandCoefficients);
  return Float32Array.from(transposed(cosineTransform(courses, POINTS, timeCoefficients), timeCoefficients));
}

/** [rows × columns] → [columns × rows] */
function transposed(values: Float64Array, columns: number): Float64Array {
  const rows = values.length / columns;
  return values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]);
}

/** Modulation bands, in hertz; syllables occur at about 4, a tremor at 6 to 12. */
export const MODULATION_BANDS = [
  [1, 2],
  [2, 4],
  [4, 6],
  [6, 9],
  [9, 13],
  [13, 20],
  [20, 30],
] as const;

/** Frames of the transform; utterances of more are cut, which at 80 frames a second is after 6.4 s. */
const LENGTH = 512;

/**
 * Modulation spectrum: the power of each band's changes of level, by their rate (syllables, tremor, roughness).
 *
 * band level − its mean → Hann window over the utterance → |FFT|² → mean over each range of rates → natural logarithm
 *
 * @param levels of at least one frame
 * @param framesPerSecond above 60, so that the fastest rate is below half of it
 * @returns [7 rates × bands], row-major
 */
export function modulationSpectrum(levels: FeatureMatrix, framesPerSecond: number): Float32Array {
  const bands = levels.coefficients;
  const frames = Math.min(levels.frames, LENGTH);
  const fft = new RealFft(LENGTH);
  const bins = LENGTH / 2 + 1;
  const [course, real, imaginary] = [LENGTH, bins, bins].map((length) => new Float64Array(length));
  const spectrum = new Float32Array(MODULATION_BANDS.length * bands);
  for (const [band, column] of columnsOf(levels).entries()) {
    let mean = 0;
    for (let frame = 0; frame < frames; frame++) mean += column[frame] / frames;
    course.fill(0);
    for (let frame = 0; frame < frames; frame++) {
      const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * frame) / Math.max(1, frames - 1));
      course[frame] = window * (column[frame] - mean);
    }
    fft.forward(course, real, imaginary);
    MODULATION_BANDS.forEach(([from, to], rate) => {
      const first = Math.ceil((from * LENGTH) / framesPerSecond);
      const last = Math.ceil((to * LENGTH) / framesPerSecond);
      let power = 0;
      for (let bin = first; bin < last; bin++) power += (real[bin] ** 2 + imaginary[bin] ** 2) / (last - first);
      // The small number stands for silence, which has no logarithm.
      spectrum[rate * bands + band] = Math.log(power + 1e-3);
    });
  }
  return spectrum;
}

/**
 * Pearson's correlation over time of every pair of columns; 0 for constant columns.
 *
 * @param levels of at least one frame
 * @returns the pairs (0, 1), (0, 2), …, (1, 2), …: bands × (bands − 1) / 2 numbers from −1 to 1
 */
export function bandCorrelation(levels: FeatureMatrix): Float32Array {
  const { frames } = levels;
  const columns = columnsOf(levels).map((column) => {
    const mean = column.reduce((sum, value) => sum + value / frames, 0);
    const centred = Float64Array.from(column, (value) => value - mean);
    const norm = Math.sqrt(centred.reduce((sum, value) => sum + value ** 2, 0));
    // A constant's rounding is not a change.
    return centred.map((value) => (norm > 1e-6 * Math.sqrt(frames) ? value / norm : 0));
  });
  const pairs = columns.flatMap((first, a) =>
    columns.slice(a + 1).map((second) => first.reduce((sum, value, frame) => sum + value * second[frame], 0)),
  );
  return Float32Array.from(pairs);
}
