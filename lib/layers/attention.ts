/** Layers that weight frames by scores of their own. */
import { Random } from '../random';
import { number } from '../schema';
import { tf } from '../tensorflow';
import { addBias, softmaxOverTime } from './kernels/pointwise';
import {
  count,
  glorotUniform,
  type LayerOptions,
  type LayerVariable,
  only,
  onlyShape,
  project,
  read,
  registered,
  type Shape,
  share,
  size,
  WeightedLayer,
} from './layer';
import { dropout } from './pointwise';

/** Options of `attentivePooling`. */
export interface AttentivePoolingOptions extends LayerOptions {
  /** Size of the layer that finds the scores, int > 0; default 32. */
  units?: number;
  /** Seed of the initial weights; default 0. */
  seed?: number;
  /** Least variance, which keeps the root's slope finite, above 0; default 1e-5. */
  epsilon?: number;
}

class AttentivePooling extends WeightedLayer<
  Required<Omit<AttentivePoolingOptions, keyof LayerOptions>>,
  Record<'hidden' | 'hiddenBias' | 'scores' | 'scoresBias', LayerVariable>
> {
  static readonly className = 'AttentivePooling';

  constructor(options: AttentivePoolingOptions = {}) {
    const { units = 32, seed = 0, epsilon = 1e-5 } = options;
    const schemas = { units: count, seed: number(), epsilon: number({ above: 0 }) };
    super(options, 'attentivePooling', { units, seed, epsilon }, schemas);
  }

  protected override makeVariables(inputShape: Shape): typeof this.variables {
    const channels = size(inputShape, -1);
    const { units, seed } = this.settings;
    const random = new Random(seed, 'attentive pooling');
    const weight = (name: string, rows: number, columns: number): LayerVariable =>
      this.fill(name, [rows, columns], () => glorotUniform(random, rows * columns, rows, columns));
    return {
      hidden: weight('hidden_kernel', channels, units),
      hiddenBias: this.constant('hidden_bias', [units], 0),
      scores: weight('scores_kernel', units, channels),
      scoresBias: this.constant('scores_bias', [channels], 0),
    };
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    return [shape[0], 2 * size(shape, -1)];
  }

  protected override compute(input: tf.Tensor): tf.Tensor {
    const { hidden, hiddenBias, scores, scoresBias } = this.variables;
    const seen = tf.tanh(addBias(project(input, read(hidden)), read(hiddenBias)));
    const weights = softmaxOverTime(addBias(project(seen, read(scores)), read(scoresBias)) as tf.Tensor3D);
    const weighted = tf.mul(weights, input);
    const mean = tf.sum(weighted, 1);
    const variance = tf.sub(tf.sum(tf.mul(weighted, input), 1), tf.square(mean));
    return tf.concat([mean, tf.sqrt(tf.maximum(variance, this.settings.epsilon))], 1);
  }
}

/**
 * Sums a sequence up as the weighted mean and standard deviation of every channel, with weights that the layer finds:
 *
 * w = softmax over the frames of tanh(h · W₁ + b₁) · W₂ + b₂; mean = Σ w h; deviation = √max(Σ w h² − mean², ε).
 *
 * [clips, frames, channels] → [clips, 2 × channels], the means first
 *
 * @see Okabe, Koshinaka & Shinoda (2018), with a score for every channel
 */
export const attentivePooling = registered(AttentivePooling);

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

interface Projection {
  kernel: LayerVariable;
  bias: LayerVariable;
}

class MultiHeadAttention extends WeightedLayer<
  Required<Omit<MultiHeadAttentionOptions, keyof LayerOptions>>,
  Record<'query' | 'key' | 'value' | 'output', Projection>
> {
  static readonly className = 'SpeechMultiHeadAttention';
  private readonly dropped: tf.layers.Layer;

  /** @throws RangeError if a size is not a whole number above 0, or the dropout not below 1 */
  constructor(options: MultiHeadAttentionOptions) {
    const { heads, keyDim, valueDim = keyDim, dropout: rate = 0, seed = 0 } = options;
    const schemas = { heads: count, keyDim: count, valueDim: count, dropout: share, seed: number() };
    super(options, 'multiHeadAttention', { heads, keyDim, valueDim, dropout: rate, seed }, schemas);
    this.dropped = dropout({ rate, seed });
  }

  protected override makeVariables(inputShape: Shape): typeof this.variables {
    const features = size(inputShape, -1);
    const { heads, keyDim, valueDim, seed } = this.settings;
    const random = new Random(seed, 'attention');
    const projection = (name: string, shape: number[], inner: number, outputs: number[]): Projection => ({
      kernel: this.fill(`${name}/kernel`, shape, () =>
        glorotUniform(random, features * heads * inner, features, heads * inner),
      ),
      bias: this.constant(`${name}/bias`, outputs, 0),
    });
    const inward = (name: string, inner: number): Projection =>
      projection(name, [features, heads, inner], inner, [heads, inner]);
    return {
      query: inward('query', keyDim),
      key: inward('key', keyDim),
      value: inward('value', valueDim),
      output: projection('attention_output', [heads, valueDim, features], valueDim, [features]),
    };
  }

  /** Inner layers, for access to their random streams. */
  innerLayers(): tf.layers.Layer[] {
    return [this.dropped];
  }

  protected override compute(input: tf.Tensor, training: boolean): tf.Tensor {
    const { heads, keyDim, valueDim } = this.settings;
    const [clips, frames, features] = input.shape;
    /** [clips, frames, features] → [clips, heads, frames, inner] */
    const headsOf = ({ kernel, bias }: Projection, inner: number): tf.Tensor => {
      const inward = tf.reshape(read(kernel), [features, heads * inner]) as tf.Tensor2D;
      const projected = addBias(project(input, inward), tf.reshape(read(bias), [heads * inner]) as tf.Tensor1D);
      return tf.transpose(tf.reshape(projected, [clips, frames, heads, inner]), [0, 2, 1, 3]);
    };
    const { output, ...inward } = this.variables;
    const query = headsOf(inward.query, keyDim);
    const key = headsOf(inward.key, keyDim);
    const value = headsOf(inward.value, valueDim);
    const scores = tf.softmax(tf.matMul(tf.mul(query, 1 / Math.sqrt(keyDim)), key, false, true));
    const weights = only(this.dropped.call(scores, { training }));
    const mixed = tf.transpose(tf.matMul(weights, value), [0, 2, 1, 3]);
    const flat = tf.reshape(mixed, [clips, frames, heads * valueDim]);
    const outward = tf.reshape(read(output.kernel), [heads * valueDim, features]) as tf.Tensor2D;
    return addBias(project(flat, outward), read(output.bias));
  }
}

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
export const multiHeadAttention = registered(MultiHeadAttention);
