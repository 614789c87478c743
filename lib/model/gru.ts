/** A gated recurrent unit. */
import { Random } from '../random';
import { tf } from '../tensorflow';
import { glorotUniform, orthogonal } from './initialisers';
import { addBias, gruRecurrence } from './kernels';
import {
  builtOf,
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

/** Options of `gru`. */
export interface GruOptions extends LayerOptions {
  /** Size of the state, int > 0. */
  units: number;
  /** Seed of the initial weights; default 0. */
  seed?: number;
  /** Every frame's output instead of the last one's; default false. */
  returnSequences?: boolean;
  /** From the last frame to the first, every output at its frame; default false. */
  backwards?: boolean;
}

/**
 * Keras 3's GRU: sigmoid gates, tanh, the reset gate after the product (`reset_after`), Glorot-uniform input weights,
 * orthogonal recurrent weights, biases of zero.
 *
 * [clips, frames, features] → [clips, units], or [clips, frames, units]
 *
 * Weights: kernel [features, 3 × units], recurrent_kernel [units, 3 × units], bias [2, 3 × units]; gates z, r, h.
 */
export class FusedGru extends FilledLayer {
  static readonly className = 'FusedGru';
  private readonly units: number;
  private readonly seed: number;
  private readonly returnSequences: boolean;
  private readonly backwards: boolean;
  private variables: { kernel: LayerVariable; recurrent: LayerVariable; bias: LayerVariable } | undefined;

  constructor(options: GruOptions) {
    super(options);
    this.units = countOf('gru', 'units', options.units);
    this.seed = options.seed ?? 0;
    this.returnSequences = options.returnSequences ?? false;
    this.backwards = options.backwards ?? false;
  }

  override build(inputShape: Shape | Shape[]): void {
    const features = size(onlyShape(inputShape), -1);
    const gates = 3 * this.units;
    const random = new Random(this.seed, 'gru');
    // In a bidirectional layer both directions' weights lie side by side in a file.
    const prefix = this.backwards ? 'backward_' : '';
    this.variables = {
      kernel: this.fill(`${prefix}kernel`, [features, gates], glorotUniform(random, features * gates, features, gates)),
      recurrent: this.fill(`${prefix}recurrent_kernel`, [this.units, gates], orthogonal(random, this.units, gates)),
      bias: this.constant(`${prefix}bias`, [2, gates], 0),
    };
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, time] = onlyShape(inputShape);
    return this.returnSequences ? [batch, time, this.units] : [batch, this.units];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const { kernel, recurrent, bias } = builtOf(this.variables, 'gru');
      const [inputBias, recurrentBias] = tf.unstack(read<tf.Tensor2D>(bias)) as tf.Tensor1D[];
      const hidden = gruRecurrence({
        projected: addBias(project(only(inputs), read(kernel)), inputBias) as tf.Tensor3D,
        recurrent: read(recurrent),
        recurrentBias,
        backwards: this.backwards,
      });
      return this.returnSequences ? hidden : lastOf(hidden, this.backwards);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { units, seed, returnSequences, backwards } = this;
    return { ...super.getConfig(), units, seed, returnSequences, backwards };
  }
}

/** The output at the frame visited last: [clips, frames, units] → [clips, units]. */
function lastOf(hidden: tf.Tensor3D, backwards: boolean): tf.Tensor2D {
  const [clips, frames, units] = hidden.shape;
  const frame = tf.slice(hidden, [0, backwards ? 0 : frames - 1, 0], [clips, 1, units]);
  return tf.reshape(frame, [clips, units]) as tf.Tensor2D;
}
