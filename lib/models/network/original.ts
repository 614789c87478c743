/** The networks, by name. */
import { SPECTRUM } from '../../config';
import { EMOTIONS } from '../../data/labels';
import { batchNormalization, conv1d, dropout, lstm, timeDistributed } from '../../layers/layers';
import { Random } from '../../random';
import { tf } from '../../tensorflow';

/** Options of `originalModel`. */
export interface OriginalModelOptions {
  /** Frames per clip; default 104. */
  frames?: number;
  /** Coefficients per frame; default 20. */
  coefficients?: number;
  /** Outputs; default 8. */
  classes?: number;
  /** Seed of the initial weights and dropout masks; default 11. */
  seed?: number;
}

/**
 * The original notebook's network, 189,576 parameters at the default sizes.
 *
 * [clips, frames, coefficients, 1] → a convolution along the coefficients of every frame (32 kernels of
 * width 3) → batch normalisation → LSTM over the frames (64) → dense 64 → dense 64 → softmax over the classes.
 */
export function originalModel(options: OriginalModelOptions = {}): tf.Sequential {
  const { frames = SPECTRUM.frames, coefficients = SPECTRUM.coefficients, classes = EMOTIONS.length } = options;
  const random = new Random(options.seed ?? 11, 'original model');
  const nextSeed = (): number => random.integer(1, 2 ** 31 - 1);
  const initial = (): ReturnType<typeof tf.initializers.glorotUniform> =>
    tf.initializers.glorotUniform({ seed: nextSeed() });
  const dense = (name: string, units: number, activation: 'relu' | 'softmax'): tf.layers.Layer =>
    tf.layers.dense({ name, units, activation, kernelInitializer: initial() });
  // Keras's TimeDistributed moves the running statistics once per frame, so `frames` times in each training step.
  const momentum = 0.99 ** frames;
  const convolution = conv1d({ filters: 32, kernelSize: 3, activation: 'relu', seed: nextSeed() });
  return tf.sequential({
    layers: [
      timeDistributed({ name: 'convolution', layer: convolution, inputShape: [frames, coefficients, 1] }),
      timeDistributed({ name: 'normalisation', layer: batchNormalization({ momentum }) }),
      timeDistributed({ name: 'flatten', layer: tf.layers.flatten() }),
      lstm({ name: 'lstm', units: 64, seed: nextSeed() }),
      dropout({ name: 'dropout_1', rate: 0.2, seed: nextSeed() }),
      dense('dense_1', 64, 'relu'),
      dropout({ name: 'dropout_2', rate: 0.2, seed: nextSeed() }),
      dense('dense_2', 64, 'relu'),
      dense('emotions', classes, 'softmax'),
    ],
  });
}
