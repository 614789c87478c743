/** The recommended model's network: residual convolutions over the spectrogram, then a GRU from both ends. */
import { EMOTIONS } from '../../data/labels';
import {
  attentivePooling,
  batchNormalization,
  bidirectional,
  conv1d,
  conv2d,
  deltaChannel,
  dropout,
  gru,
  relu,
} from '../../layers/layers';
import { Random } from '../../random';
import { tf } from '../../tensorflow';

/** Options of `residualCrnn`. */
export interface ResidualCrnnOptions {
  /** Frames, int ≥ 4. */
  frames: number;
  /** Mel bands, int ≥ 16. */
  bands: number;
  /** Channels of the first convolution, int > 0; the blocks have twice and four times as many; default 24. */
  width?: number;
  /** Seed of the initial weights and dropout masks; default 11. */
  seed?: number;
}

/** Channels of a frame after the convolutions. */
const FRAME_CHANNELS = 96;
/** Of the running statistics and added to variances: PyTorch's, with which the network was tried out. */
const NORMALISATION = { momentum: 0.9, epsilon: 1e-5 } as const;

/**
 * A recogniser of emotions in spectrograms, 257,800 parameters of 120 × 64 at width 24.
 *
 * [clips, frames, bands, 1] → deltas as a second channel → convolution, bands halved → two residual blocks, each pooled
 * → every frame as 96 channels → these beside a bidirectional GRU of 48 → attentive mean and deviation → softmax.
 *
 * @throws RangeError if a size is out of its range
 */
export function residualCrnn({ frames, bands, width = 24, seed = 11 }: ResidualCrnnOptions): tf.LayersModel {
  if (!(Number.isInteger(frames) && frames >= 4)) {
    throw new RangeError(`residualCrnn: frames must be 4 or more, got ${frames}`);
  }
  if (!(Number.isInteger(bands) && bands >= 16)) {
    throw new RangeError(`residualCrnn: bands must be 16 or more, got ${bands}`);
  }
  const random = new Random(seed, 'recogniser');
  const nextSeed = (): number => random.integer(1, 2 ** 31 - 1);
  const normalised = (): tf.layers.Layer => batchNormalization(NORMALISATION);
  const convolved = (x: Symbolic, filters: number, kernelSize: number, strides: [number, number] = [1, 1]): Symbolic =>
    on(x, conv2d({ filters, kernelSize, strides, useBias: false, seed: nextSeed() }));
  /** Two convolutions of 3 × 3 beside one of 1 × 1. */
  const residual = (x: Symbolic, filters: number): Symbolic => {
    const inner = on(convolved(x, filters, 3), normalised(), relu());
    const outer = on(convolved(inner, filters, 3), normalised());
    return on([convolved(x, filters, 1), outer], tf.layers.add());
  };
  /** Max pooling, then ReLU: the order does not change the result, and ReLU after pooling has fewer values. */
  const pooled = (x: Symbolic, size: [number, number]): Symbolic =>
    on(x, tf.layers.maxPooling2d({ poolSize: size, strides: size }), relu());
  const thinned = (x: Symbolic): Symbolic => on(x, dropout({ rate: 0.1, wholeChannels: true, seed: nextSeed() }));

  const input = tf.input({ shape: [frames, bands, 1], name: 'spectrogram' });
  const first = on(convolved(on(input, deltaChannel()), width, 3, [1, 2]), normalised());
  const second = residual(pooled(first, [2, 2]), 2 * width);
  const third = residual(thinned(pooled(second, [2, 2])), 4 * width);
  const image = thinned(pooled(third, [1, 2]));
  const [, steps, rows, channels] = image.shape as number[];
  const sequence = on(
    image,
    tf.layers.reshape({ targetShape: [steps, rows * channels] }),
    conv1d({ filters: FRAME_CHANNELS, kernelSize: 1, useBias: false, seed: nextSeed() }),
    normalised(),
    relu(),
    dropout({ rate: 0.2, seed: nextSeed() }),
  );
  const layer = gru({ units: FRAME_CHANNELS / 2, returnSequences: true, seed: nextSeed() });
  const output = on(
    [sequence, on(sequence, bidirectional({ layer }))],
    tf.layers.concatenate(),
    attentivePooling({ units: 32, seed: nextSeed() }),
    normalised(),
    dropout({ rate: 0.4, seed: nextSeed() }),
    tf.layers.dense({
      units: EMOTIONS.length,
      activation: 'softmax',
      kernelInitializer: tf.initializers.glorotUniform({ seed: nextSeed() }),
    }),
  );
  return tf.model({ name: 'recogniser', inputs: input, outputs: output });
}

type Symbolic = tf.SymbolicTensor;

/** Output of layers in turn. */
function on(x: Symbolic | Symbolic[], ...layers: tf.layers.Layer[]): Symbolic {
  return layers.reduce((input, layer) => layer.apply(input) as Symbolic, x as Symbolic);
}
