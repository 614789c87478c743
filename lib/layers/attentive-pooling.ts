/** Attentive statistics pooling. */
import { Random } from '../random';
import { number } from '../schema';
import { tf } from '../tensorflow';
import { glorotUniform } from './initialisers';
import { addBias, softmaxOverTime } from './kernels/pointwise';
import {
  builtOf,
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

/** Options of `attentivePooling`. */
export interface AttentivePoolingOptions extends LayerOptions {
  /** Size of the layer that finds the scores, int > 0; default 32. */
  units?: number;
  /** Seed of the initial weights; default 0. */
  seed?: number;
  /** Least variance, which keeps the root's slope finite, above 0; default 1e-5. */
  epsilon?: number;
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
export class AttentivePooling extends FilledLayer {
  static readonly className = 'AttentivePooling';
  private readonly units: number;
  private readonly seed: number;
  private readonly epsilon: number;
  private variables: Record<'hidden' | 'hiddenBias' | 'scores' | 'scoresBias', LayerVariable> | undefined;

  constructor(options: AttentivePoolingOptions = {}) {
    super(options);
    this.units = countOf('attentivePooling', 'units', options.units ?? 32);
    this.seed = options.seed ?? 0;
    this.epsilon = options.epsilon ?? 1e-5;
    const { seed, epsilon } = this;
    checkOptions('attentivePooling', { seed, epsilon }, { seed: number(), epsilon: number({ above: 0 }) });
  }

  override build(inputShape: Shape | Shape[]): void {
    const channels = size(onlyShape(inputShape), -1);
    const { units } = this;
    const random = new Random(this.seed, 'attentive pooling');
    const weight = (name: string, rows: number, columns: number): LayerVariable =>
      this.fill(name, [rows, columns], glorotUniform(random, rows * columns, rows, columns));
    this.variables = {
      hidden: weight('hidden_kernel', channels, units),
      hiddenBias: this.constant('hidden_bias', [units], 0),
      scores: weight('scores_kernel', units, channels),
      scoresBias: this.constant('scores_bias', [channels], 0),
    };
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    return [shape[0], 2 * size(shape, -1)];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const { hidden, hiddenBias, scores, scoresBias } = builtOf(this.variables, 'attentivePooling');
      const input = only(inputs) as tf.Tensor3D;
      const seen = tf.tanh(addBias(project(input, read(hidden)), read(hiddenBias)));
      const weights = softmaxOverTime(addBias(project(seen, read(scores)), read(scoresBias)) as tf.Tensor3D);
      const share = tf.mul(weights, input);
      const mean = tf.sum(share, 1);
      const variance = tf.sub(tf.sum(tf.mul(share, input), 1), tf.square(mean));
      return tf.concat([mean, tf.sqrt(tf.maximum(variance, this.epsilon))], 1);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { units, seed, epsilon } = this;
    return { ...super.getConfig(), units, seed, epsilon };
  }
}
