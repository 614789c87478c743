/** The networks that the original's author names as extensions, on the same inputs as the original's. */
import { EMOTIONS } from '../../data/labels';
import {
  attentivePooling,
  batchNormalization,
  bidirectional,
  conv2d,
  dropout,
  gru,
  layerNormalization,
  lstm,
  multiHeadAttention,
  relu,
  timeDistributed,
} from '../../layers/layers';
import { Random } from '../../random';
import { tf } from '../../tensorflow';

/** Shape of the inputs, and the seed of initial weights and dropout masks. */
export interface ExtensionOptions {
  frames: number;
  coefficients: number;
  seed: number;
}

/** Size of recurrent states and of dense layers, as in the original. */
const UNITS = 64;
/** Share of values that dropout leaves out. */
const DROPOUT = 0.3;
/** Of the running statistics: an epoch has some twenty steps, too few for Keras's 0.99. */
const MOMENTUM = 0.9;
/** Size, heads and blocks of the Transformer encoder. */
const TRANSFORMER = { heads: 4, blocks: 2, inner: 128 } as const;

/** A chain of layers from an input on, each with a seed of its own. */
class Chain {
  readonly input: tf.SymbolicTensor;
  output: tf.SymbolicTensor;
  private readonly random: Random;

  constructor(
    private readonly title: string,
    { frames, coefficients, seed }: ExtensionOptions,
  ) {
    this.random = new Random(seed, title);
    this.input = tf.input({ shape: [frames, coefficients, 1], name: 'features' });
    this.output = this.input;
  }

  nextSeed(): number {
    return this.random.integer(1, 2 ** 31 - 1);
  }

  add(...layers: tf.layers.Layer[]): this {
    for (const layer of layers) this.output = layer.apply(this.output) as tf.SymbolicTensor;
    return this;
  }

  dense(name: string, units: number, activation: 'linear' | 'relu' | 'softmax'): tf.layers.Layer {
    const kernelInitializer = tf.initializers.glorotUniform({ seed: this.nextSeed() });
    return tf.layers.dense({ name, units, activation, kernelInitializer });
  }

  /** Two convolutions, each halving frames and coefficients; then every frame as one vector. */
  convolve(): this {
    [32, 64].forEach((filters, index) => {
      const options = { filters, kernelSize: 3, strides: 2, useBias: false, seed: this.nextSeed() };
      this.add(
        conv2d({ name: `convolution_${index + 1}`, ...options }),
        batchNormalization({ name: `normalisation_${index + 1}`, momentum: MOMENTUM }),
        relu({ name: `rectifier_${index + 1}` }),
        dropout({ name: `dropout_${index + 1}`, rate: DROPOUT, seed: this.nextSeed() }),
      );
    });
    return this.add(timeDistributed({ name: 'flatten', layer: tf.layers.flatten() }));
  }

  /** Dense 64 → softmax over the emotions. */
  classify(): tf.LayersModel {
    this.add(
      dropout({ name: 'dropout_before', rate: DROPOUT, seed: this.nextSeed() }),
      this.dense('dense', UNITS, 'relu'),
      dropout({ name: 'dropout_after', rate: DROPOUT, seed: this.nextSeed() }),
      this.dense('emotions', EMOTIONS.length, 'softmax'),
    );
    return tf.model({ name: this.title, inputs: this.input, outputs: this.output });
  }
}

/** Two convolutions over frames and coefficients → LSTM of 64 → dense 64 → softmax. */
export function convolutionalLstm(options: ExtensionOptions): tf.LayersModel {
  const chain = new Chain('conv2d_lstm', options).convolve();
  return chain.add(lstm({ name: 'lstm', units: UNITS, seed: chain.nextSeed() })).classify();
}

/** Two convolutions over frames and coefficients → GRU of 64 → dense 64 → softmax. */
export function convolutionalGru(options: ExtensionOptions): tf.LayersModel {
  const chain = new Chain('conv2d_gru', options).convolve();
  return chain.add(gru({ name: 'gru', units: UNITS, seed: chain.nextSeed() })).classify();
}

/** LSTMs of 64 from both ends → dense 64 → softmax. */
export function bidirectionalLstm(options: ExtensionOptions): tf.LayersModel {
  const chain = new Chain('bidirectional_lstm', options).add(frameVectors(options));
  const layer = lstm({ name: 'lstm', units: UNITS, seed: chain.nextSeed() });
  return chain.add(bidirectional({ name: 'bidirectional', layer })).classify();
}

/** GRU of 64 → dense 64 → softmax. */
export function gruNetwork(options: ExtensionOptions): tf.LayersModel {
  const chain = new Chain('gru', options).add(frameVectors(options));
  return chain.add(gru({ name: 'gru', units: UNITS, seed: chain.nextSeed() })).classify();
}

/**
 * Two convolutions over frames and coefficients → two Transformer encoder blocks of 4 heads → attentive pooling →
 * dense 64 → softmax.
 *
 * A block is x + attention(normalised x), then x + dense(normalised x). Attention alone ignores the
 * order of frames; the convolutions in front encode it, as in wav2vec 2.0.
 *
 * @see Vaswani et al. (2017); Xiong et al. (2020) for normalising first
 */
export function transformerEncoder(options: ExtensionOptions): tf.LayersModel {
  const chain = new Chain('transformer', options).convolve();
  chain.add(timeDistributed({ name: 'projection', layer: chain.dense('projection_dense', UNITS, 'linear') }));
  for (let block = 1; block <= TRANSFORMER.blocks; block++) {
    const name = (part: string): string => `block_${block}_${part}`;
    const perFrame = (part: string, units: number, activation: 'linear' | 'relu'): tf.layers.Layer =>
      timeDistributed({ name: name(part), layer: chain.dense(`${name(part)}_dense`, units, activation) });
    const { heads, inner } = TRANSFORMER;
    residual(chain, name('sum_1'), [
      layerNormalization({ name: name('normalisation_1') }),
      multiHeadAttention({
        name: name('attention'),
        heads,
        keyDim: UNITS / heads,
        dropout: 0.1,
        seed: chain.nextSeed(),
      }),
      dropout({ name: name('dropout_1'), rate: 0.1, seed: chain.nextSeed() }),
    ]);
    residual(chain, name('sum_2'), [
      layerNormalization({ name: name('normalisation_2') }),
      perFrame('widen', inner, 'relu'),
      perFrame('narrow', UNITS, 'linear'),
      dropout({ name: name('dropout_2'), rate: 0.1, seed: chain.nextSeed() }),
    ]);
  }
  chain.add(layerNormalization({ name: 'normalisation' }));
  return chain.add(attentivePooling({ name: 'pooling', seed: chain.nextSeed() })).classify();
}

/** x → x + layers(x). */
function residual(chain: Chain, name: string, layers: tf.layers.Layer[]): void {
  const before = chain.output;
  chain.add(...layers);
  chain.output = tf.layers.add({ name }).apply([before, chain.output]) as tf.SymbolicTensor;
}

/** [frames, coefficients, 1] → [frames, coefficients] */
function frameVectors({ frames, coefficients }: ExtensionOptions): tf.layers.Layer {
  return tf.layers.reshape({ name: 'frames', targetShape: [frames, coefficients] });
}
