/** Long short-term memories and gated recurrent units. */
import { Random } from '../random';
import { flag, number } from '../schema';
import { tf } from '../tensorflow';
import { gruRecurrence } from './kernels/gru';
import { lstmSequence } from './kernels/lstm';
import { addBias } from './kernels/pointwise';
import {
  count,
  glorotUniform,
  type LayerOptions,
  type LayerVariable,
  onlyShape,
  project,
  read,
  registered,
  type Shape,
  size,
  WeightedLayer,
} from './layer';

/** Options of `lstm` and `gru`. */
export interface RecurrentOptions extends LayerOptions {
  /** Size of the state, int > 0. */
  units: number;
  /** Seed of the initial weights; default 0. */
  seed?: number;
  /** Every frame's output instead of the last one's; default false. */
  returnSequences?: boolean;
  /** From the last frame to the first, every output at its frame; default false. */
  backwards?: boolean;
}

/** [clips, frames, features] → [clips, units], or [clips, frames, units] */
abstract class RecurrentLayer extends WeightedLayer<
  Required<Omit<RecurrentOptions, keyof LayerOptions>>,
  Record<'kernel' | 'recurrent' | 'bias', LayerVariable>
> {
  /** @param title names the layer in errors, and its random stream */
  constructor(
    options: RecurrentOptions,
    title: string,
    private readonly gates: number,
  ) {
    const { units, seed = 0, returnSequences = false, backwards = false } = options;
    const schemas = { units: count, seed: number(), returnSequences: flag, backwards: flag };
    super(options, title, { units, seed, returnSequences, backwards }, schemas);
  }

  /** Makes the bias, under this name in a file. */
  protected abstract biasOf(name: string): LayerVariable;

  /** Glorot-uniform input weights, orthogonal recurrent weights. */
  protected override makeVariables(inputShape: Shape): typeof this.variables {
    const { units, seed, backwards } = this.settings;
    const features = size(inputShape, -1);
    const outputs = this.gates * units;
    const random = new Random(seed, this.title);
    // In a bidirectional layer, a file holds the weights of both directions side by side.
    const prefix = backwards ? 'backward_' : '';
    const kernel = (): Float32Array => glorotUniform(random, features * outputs, features, outputs);
    return {
      kernel: this.fill(`${prefix}kernel`, [features, outputs], kernel),
      recurrent: this.fill(`${prefix}recurrent_kernel`, [units, outputs], () => orthogonal(random, units, outputs)),
      bias: this.biasOf(`${prefix}bias`),
    };
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, time] = onlyShape(inputShape);
    const { units, returnSequences } = this.settings;
    return returnSequences ? [batch, time, units] : [batch, units];
  }
}

/**
 * A row-major [rows × columns] matrix with orthonormal rows, of which there are fewer than columns: normal numbers made
 * orthogonal by the modified Gram–Schmidt process.
 *
 * @see Saxe, McClelland & Ganguli (2014)
 */
function orthogonal(random: Random, rows: number, columns: number): Float32Array {
  const vectors: Float64Array[] = [];
  const matrix = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const vector = Float64Array.from({ length: columns }, () => random.normal());
    for (const earlier of vectors) {
      const projection = vector.reduce((sum, value, k) => sum + value * earlier[k], 0);
      for (let k = 0; k < columns; k++) vector[k] -= projection * earlier[k];
    }
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    vectors.push(vector.map((value) => value / norm));
    matrix.set(vectors[row], row * columns);
  }
  return matrix;
}

class FusedLstm extends RecurrentLayer {
  static readonly className = 'FusedLstm';

  constructor(options: RecurrentOptions) {
    super(options, 'lstm', 4);
  }

  protected override biasOf(name: string): LayerVariable {
    const { units } = this.settings;
    return this.fill(name, [4 * units], () => new Float32Array(4 * units).fill(1, units, 2 * units));
  }

  protected override compute(input: tf.Tensor): tf.Tensor {
    const { units, returnSequences, backwards } = this.settings;
    const { kernel, recurrent, bias } = this.variables;
    const frames = tf.transpose(input, [1, 0, 2]) as tf.Tensor3D;
    const hidden = lstmSequence({
      input: backwards ? tf.reverse(frames, 0) : frames,
      kernel: read(kernel),
      recurrent: read(recurrent),
      bias: read(bias),
    });
    const [time, clips] = hidden.shape;
    if (!returnSequences) return tf.reshape(tf.slice(hidden, [time - 1, 0, 0], [1, clips, units]), [clips, units]);
    return tf.transpose(backwards ? tf.reverse(hidden, 0) : hidden, [1, 0, 2]);
  }
}

/**
 * Keras 3's LSTM: sigmoid gates, tanh, Glorot-uniform input weights, orthogonal recurrent weights, and a
 * forget bias of one. (tfjs's own LSTM gates with a hard sigmoid.)
 *
 * [clips, frames, features] → [clips, units], or [clips, frames, units]
 *
 * Weights: kernel [features, 4 × units], recurrent_kernel [units, 4 × units], bias [4 × units]; gates i, f, c, o.
 */
export const lstm = registered(FusedLstm);

class FusedGru extends RecurrentLayer {
  static readonly className = 'FusedGru';

  constructor(options: RecurrentOptions) {
    super(options, 'gru', 3);
  }

  protected override biasOf(name: string): LayerVariable {
    return this.constant(name, [2, 3 * this.settings.units], 0);
  }

  protected override compute(input: tf.Tensor, training: boolean): tf.Tensor {
    const { returnSequences, backwards } = this.settings;
    const { kernel, recurrent, bias } = this.variables;
    const [inputBias, recurrentBias] = tf.unstack(read<tf.Tensor2D>(bias)) as tf.Tensor1D[];
    const projected = addBias(project(input, read(kernel)), inputBias) as tf.Tensor3D;
    const hidden = gruRecurrence({ projected, recurrent: read(recurrent), recurrentBias, backwards, training });
    if (returnSequences) return hidden;
    // The output at the frame visited last.
    const [clips, frames, units] = hidden.shape;
    return tf.reshape(tf.slice(hidden, [0, backwards ? 0 : frames - 1, 0], [clips, 1, units]), [clips, units]);
  }
}

/**
 * Keras 3's GRU: sigmoid gates, tanh, the reset gate after the product (`reset_after`), Glorot-uniform input weights,
 * orthogonal recurrent weights, biases of zero.
 *
 * [clips, frames, features] → [clips, units], or [clips, frames, units]
 *
 * Weights: kernel [features, 3 × units], recurrent_kernel [units, 3 × units], bias [2, 3 × units]; gates z, r, h.
 */
export const gru = registered(FusedGru);
