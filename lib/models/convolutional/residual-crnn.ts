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

/** Adds layers to a tensor, each with a seed of its own. */
class Builder {
  private readonly random: Random;

  constructor(seed: number) {
    this.random = new Random(seed, 'recogniser');
  }

  nextSeed(): number {
    return this.random.integer(1, 2 ** 31 - 1);
  }

  on(x: tf.SymbolicTensor | tf.SymbolicTensor[], ...layers: tf.layers.Layer[]): tf.SymbolicTensor {
    return layers.reduce((input, layer) => layer.apply(input) as tf.SymbolicTensor, x as tf.SymbolicTensor);
  }

  convolved(
    x: tf.SymbolicTensor,
    filters: number,
    kernelSize: number,
    strides: [number, number] = [1, 1],
  ): tf.SymbolicTensor {
    return this.on(x, conv2d({ filters, kernelSize, strides, useBias: false, seed: this.nextSeed() }));
  }

  /** Two convolutions of 3 × 3 beside one of 1 × 1. */
  residual(x: tf.SymbolicTensor, filters: number): tf.SymbolicTensor {
    const inner = this.on(this.convolved(x, filters, 3), batchNormalization(NORMALISATION), relu());
    const outer = this.on(this.convolved(inner, filters, 3), batchNormalization(NORMALISATION));
    return this.on([this.convolved(x, filters, 1), outer], tf.layers.add());
  }

  /** Max pooling, then ReLU: the order does not change the result, and ReLU after pooling has fewer values. */
  pooled(x: tf.SymbolicTensor, size: [number, number], dropped = 0): tf.SymbolicTensor {
    const output = this.on(x, tf.layers.maxPooling2d({ poolSize: size, strides: size }), relu());
    return dropped > 0
      ? this.on(output, dropout({ rate: dropped, wholeChannels: true, seed: this.nextSeed() }))
      : output;
  }
}

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
  const build = new Builder(seed);
  const input = tf.input({ shape: [frames, bands, 1], name: 'spectrogram' });
  const first = build.on(
    build.convolved(build.on(input, deltaChannel()), width, 3, [1, 2]),
    batchNormalization(NORMALISATION),
  );
  const second = build.residual(build.pooled(first, [2, 2]), 2 * width);
  const third = build.residual(build.pooled(second, [2, 2], 0.1), 4 * width);
  const image = build.pooled(third, [1, 2], 0.1);
  const [, steps, rows, channels] = image.shape as number[];
  const sequence = build.on(
    image,
    tf.layers.reshape({ targetShape: [steps, rows * channels] }),
    conv1d({ filters: FRAME_CHANNELS, kernelSize: 1, useBias: false, seed: build.nextSeed() }),
    batchNormalization(NORMALISATION),
    relu(),
    dropout({ rate: 0.2, seed: build.nextSeed() }),
  );
  const layer = gru({ units: FRAME_CHANNELS / 2, returnSequences: true, seed: build.nextSeed() });
  const both = build.on(sequence, bidirectional({ layer }));
  const output = build.on(
    [sequence, both],
    tf.layers.concatenate(),
    attentivePooling({ units: 32, seed: build.nextSeed() }),
    batchNormalization(NORMALISATION),
    dropout({ rate: 0.4, seed: build.nextSeed() }),
    tf.layers.dense({
      units: EMOTIONS.length,
      activation: 'softmax',
      kernelInitializer: tf.initializers.glorotUniform({ seed: build.nextSeed() }),
    }),
  );
  return tf.model({ name: 'recogniser', inputs: input, outputs: output });
}
