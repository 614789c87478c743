/** SpecAugment as a change of training batches. */
import { type SpecAugmentOptions, specAugmentBatch } from '../../features/mel/spec-augment';
import { tf } from '../../tensorflow';
import type { BatchAugmentation } from '../../training/step';

/**
 * Masks stretches of frames and ranges of coefficients of every row, drawn anew in each step.
 *
 * Rows are standardised by then, so a masked value becomes 0, the mean over the training rows.
 */
export function specAugmentation(options: Omit<SpecAugmentOptions, 'fill'> = {}): BatchAugmentation {
  return {
    name: `specAugment ${JSON.stringify(options)}`,
    apply(batch, random) {
      const [, frames, coefficients] = batch.shape;
      const masked = specAugmentBatch(batch.dataSync<'float32'>(), { frames, coefficients }, random, {
        ...options,
        fill: 0,
      });
      return tf.tensor4d(masked, batch.shape);
    },
  };
}
