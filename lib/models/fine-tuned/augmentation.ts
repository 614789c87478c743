/** Random changes of the encoder's inputs, for more variety in voices and microphones. */
import type { Random } from '../../random';
import { tf } from '../../tensorflow';
import type { BatchAugmentation } from '../../training/step';
import { ENCODER } from '../encoder/settings';
import { ENCODER_COLUMNS } from './network';

/**
 * Most frames of a recording in a step; deviations of natural logarithms of power; sizes of masks; deviation of the level.
 */
const STRENGTHS = {
  ...{ frames: 200, gain: 0.3, bandGain: 0.15 },
  ...{ masks: 2, maskedBands: 5, maskedFrames: 24, level: 0.3 },
} as const;

/**
 * Cuts 2 s out of longer recordings, changes gain, gain of each band and level, and masks bands and frames with silence;
 * random in each step.
 */
export function encoderAugmentation(): BatchAugmentation {
  return {
    name: `encoderAugmentation ${JSON.stringify(STRENGTHS)}`,
    apply(batch, random) {
      const values = batch.dataSync<'float32'>().slice();
      const size = values.length / batch.shape[0];
      for (let start = 0; start < values.length; start += size) change(values.subarray(start, start + size), random);
      return tf.tensor4d(values, batch.shape);
    },
  };
}

function change(row: Float32Array, random: Random): void {
  const { frames: most, gain, bandGain, masks, maskedBands, maskedFrames, level } = STRENGTHS;
  const { bands } = ENCODER;
  const louder = gain * random.normal();
  const gains = Array.from({ length: bands }, () => Math.exp(louder + bandGain * random.normal()));
  const added = level * random.normal();
  const frames = row.length / ENCODER_COLUMNS;
  let whole = 0;
  for (let frame = 0; frame < frames; frame++) whole += row[frame * ENCODER_COLUMNS + bands];
  const sounding = Math.min(whole, most);
  const first = random.integer(0, whole - sounding) * ENCODER_COLUMNS;
  row.copyWithin(0, first, first + sounding * ENCODER_COLUMNS);
  for (let frame = 0; frame < frames; frame++) {
    const start = frame * ENCODER_COLUMNS;
    if (frame >= sounding) row.fill(0, start, start + bands + 1);
    for (let band = 0; band < bands; band++) row[start + band] *= gains[band];
    row[start + bands + 1] += added;
  }
  for (let mask = 0; mask < masks; mask++) {
    const band = random.integer(0, bands - 1);
    const lastBand = Math.min(bands, band + random.integer(0, maskedBands));
    const frame = random.integer(0, Math.max(0, sounding - 1));
    const lastFrame = Math.min(sounding, frame + random.integer(0, maskedFrames));
    for (let at = 0; at < sounding; at++) {
      const start = at * ENCODER_COLUMNS;
      if (at >= frame && at < lastFrame) row.fill(0, start, start + bands);
      else row.fill(0, start + band, start + lastBand);
    }
  }
}
