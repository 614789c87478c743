/** Modulation spectrum: rates at which the level of frequency bands changes (syllables, tremor, roughness). */
import { RealFft } from '../../audio/transform/fft';
import type { FeatureMatrix } from '../../features/mel/mfcc';

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
 * The power of each band's changes of level, by their rate.
 *
 * band level − its mean → Hann window over the utterance → |FFT|² → mean over each range of rates → natural logarithm
 *
 * @param levels in decibels, [frames × bands]
 * @param framesPerSecond above 60, so that the fastest rate is below half of it
 * @returns [7 rates × bands], row-major
 * @throws RangeError if there are no frames, or too few a second
 */
export function modulationSpectrum(levels: FeatureMatrix, framesPerSecond: number): Float32Array {
  const { coefficients: bands, values } = levels;
  const frames = Math.min(levels.frames, LENGTH);
  if (frames === 0) throw new RangeError('modulationSpectrum: levels must have frames, got none');
  if (!(framesPerSecond > 60)) {
    throw new RangeError(`modulationSpectrum: framesPerSecond must be above 60, got ${framesPerSecond}`);
  }
  const fft = new RealFft(LENGTH);
  const bins = LENGTH / 2 + 1;
  const [course, real, imaginary] = [LENGTH, bins, bins].map((length) => new Float64Array(length));
  const spectrum = new Float32Array(MODULATION_BANDS.length * bands);
  for (let band = 0; band < bands; band++) {
    let mean = 0;
    for (let frame = 0; frame < frames; frame++) mean += values[frame * bands + band] / frames;
    course.fill(0);
    for (let frame = 0; frame < frames; frame++) {
      const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * frame) / Math.max(1, frames - 1));
      course[frame] = window * (values[frame * bands + band] - mean);
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
