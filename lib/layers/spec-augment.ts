/** SpecAugment as a layer. */
import { type SpecAugmentOptions, specAugmentBatch } from '../features/mel/spec-augment';
import { Random } from '../random';
import { number } from '../schema';
import { tf } from '../tensorflow';
import { type CallOptions, checkOptions, type LayerOptions, only, onlyShape, type Shape } from './layer';

/** Options of `specAugmentation`: those of `specAugment`, whose rules it follows. */
export interface SpecAugmentationOptions extends LayerOptions, SpecAugmentOptions {
  /** Seed of the masks; default 0. */
  seed?: number;
}

/**
 * Masks stretches of frames and ranges of coefficients in training, every clip with masks of its own, fresh ones at
 * every step and the same ones in every run; does nothing otherwise.
 *
 * [clips, frames, coefficients] or [clips, frames, coefficients, channels] → the same; a mask covers all channels, and
 * with `fill: 'mean'` every channel gets its own mean over the clip.
 */
export class SpecAugmentation extends tf.layers.Layer {
  static readonly className = 'SpecAugmentation';
  private readonly options: SpecAugmentOptions;
  private readonly seed: number;
  /** Random stream of the masks; a checkpoint stores its state. */
  readonly random: Random;

  /** @throws RangeError if an option is out of its range */
  constructor(options: SpecAugmentationOptions = {}) {
    super(options);
    const { timeMasks, timeWidth, timeShare, frequencyMasks, frequencyWidth, fill } = options;
    const given = { timeMasks, timeWidth, timeShare, frequencyMasks, frequencyWidth, fill };
    this.options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    specAugmentBatch(new Float32Array(1), { frames: 1, coefficients: 1 }, new Random(0), this.options);
    this.seed = options.seed ?? 0;
    checkOptions('specAugmentation', { seed: this.seed }, { seed: number() });
    this.random = new Random(this.seed, 'spec augment');
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions): tf.Tensor {
    const input = only(inputs);
    if (!options?.training) return tf.clone(input);
    const [clips, frames, coefficients] = input.shape;
    const all = new Float32Array(clips * frames * coefficients).fill(1);
    const { fill = 'mean', ...rules } = this.options;
    const kept = specAugmentBatch(all, { frames, coefficients }, this.random, { ...rules, fill: 0 });
    return tf.tidy(() => {
      const mask = tf.tensor(kept, [clips, frames, coefficients, ...input.shape.slice(3).map(() => 1)]);
      const filling = fill === 'mean' ? tf.mean(input, [1, 2], true) : tf.scalar(fill);
      return tf.add(filling, tf.mul(mask, tf.sub(input, filling)));
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options, seed: this.seed };
  }
}
