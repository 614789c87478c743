/** Self-attention with several heads. */
import { Random } from '../random';
import { number } from '../schema';
import { tf } from '../tensorflow';
import { SeededDropout } from './dropout';
import { glorotUniform } from './initialisers';
import { addBias } from './kernels/pointwise';
import {
  builtOf,
  type CallOptions,
  checkOptions,
  countOf,
  FilledLayer,
  type LayerOptions,
  type LayerVariable,
  only,
  onlyShape,
  project,
  read,
  type Shape,
  size,
} from './layer';

/** Options of `multiHeadAttention`. */
export interface MultiHeadAttentionOptions extends LayerOptions {
  /** Number of heads, int > 0. */
  heads: number;
  /** Size of each head's queries and keys, int > 0. */
  keyDim: number;
  /** Size of each head's values, int > 0; default `keyDim`. */
  valueDim?: number;
  /** Share of the attention weights set to zero in training, from 0 up to 1 (excluded); default 0. */
  dropout?: number;
  /** Seed of the initial weights and of the dropout; default 0. */
  seed?: number;
}

const PARTS = ['query', 'key', 'value', 'attention_output'] as const;
type Part = (typeof PARTS)[number];

/**
 * Keras's MultiHeadAttention of a sequence to itself: every frame's output is a mean of all frames' values, weighted by
 * the softmax of query · key / √keyDim, head by head, and projected back to the input's size.
 *
 * [clips, frames, features] → the same
 *
 * Weights: query, key and value kernels [features, heads, size] with biases [heads, size], then attention_output kernel
 * [heads, valueDim, features] and bias [features]; Glorot-uniform, biases zero.
 *
 * @see Vaswani et al. (2017)
 */
export class MultiHeadAttention extends FilledLayer {
  static readonly className = 'SpeechMultiHeadAttention';
  private readonly options: Required<Omit<MultiHeadAttentionOptions, keyof LayerOptions>>;
  private readonly dropped: SeededDropout;
  private variables: Record<Part, { kernel: LayerVariable; bias: LayerVariable }> | undefined;

  /** @throws RangeError if a size is not a whole number above 0, or the dropout not below 1 */
  constructor(options: MultiHeadAttentionOptions) {
    super(options);
    const { heads, keyDim, valueDim = keyDim, dropout = 0, seed = 0 } = options;
    for (const [name, value] of Object.entries({ heads, keyDim, valueDim })) {
      countOf('multiHeadAttention', name, value);
    }
    checkOptions('multiHeadAttention', { seed }, { seed: number() });
    this.options = { heads, keyDim, valueDim, dropout, seed };
    this.dropped = new SeededDropout({ rate: dropout, seed });
  }

  override build(inputShape: Shape | Shape[]): void {
    const features = size(onlyShape(inputShape), -1);
    const { heads, keyDim, valueDim, seed } = this.options;
    const random = new Random(seed, 'attention');
    const values = (inner: number): Float32Array =>
      glorotUniform(random, features * heads * inner, features, heads * inner);
    const inward = (name: Part, inner: number): { kernel: LayerVariable; bias: LayerVariable } => ({
      kernel: this.fill(`${name}/kernel`, [features, heads, inner], values(inner)),
      bias: this.constant(`${name}/bias`, [heads, inner], 0),
    });
    this.variables = {
      query: inward('query', keyDim),
      key: inward('key', keyDim),
      value: inward('value', valueDim),
      attention_output: {
        kernel: this.fill('attention_output/kernel', [heads, valueDim, features], values(valueDim)),
        bias: this.constant('attention_output/bias', [features], 0),
      },
    };
    super.build(inputShape);
  }

  /** Inner layers, for access to their random streams. */
  innerLayers(): tf.layers.Layer[] {
    return [this.dropped];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions): tf.Tensor {
    return tf.tidy(() => {
      const variables = builtOf(this.variables, 'multiHeadAttention');
      const { heads, keyDim, valueDim } = this.options;
      const input = only(inputs) as tf.Tensor3D;
      const [query, key, value] = [
        this.headsOf(input, variables.query, keyDim),
        this.headsOf(input, variables.key, keyDim),
        this.headsOf(input, variables.value, valueDim),
      ];
      const scores = tf.softmax(tf.matMul(tf.mul(query, 1 / Math.sqrt(keyDim)), key, false, true));
      const weights = this.dropped.call(scores, options);
      const mixed = tf.transpose(tf.matMul(weights, value), [0, 2, 1, 3]);
      const flat = tf.reshape(mixed, [...input.shape.slice(0, 2), heads * valueDim]);
      const { kernel, bias } = variables.attention_output;
      const outward = tf.reshape(read(kernel), [heads * valueDim, input.shape[2]]) as tf.Tensor2D;
      return addBias(project(flat, outward), read(bias));
    });
  }

  /** [clips, frames, features] → [clips, heads, frames, inner] */
  private headsOf(
    input: tf.Tensor3D,
    { kernel, bias }: { kernel: LayerVariable; bias: LayerVariable },
    inner: number,
  ): tf.Tensor4D {
    const [clips, frames, features] = input.shape;
    const { heads } = this.options;
    const inward = tf.reshape(read(kernel), [features, heads * inner]) as tf.Tensor2D;
    const projected = addBias(project(input, inward), tf.reshape(read(bias), [heads * inner]) as tf.Tensor1D);
    return tf.transpose(tf.reshape(projected, [clips, frames, heads, inner]), [0, 2, 1, 3]) as tf.Tensor4D;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}
