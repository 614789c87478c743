/** A long short-term memory. */
import { Random } from '../random';
import { tf } from '../tensorflow';
import { glorotUniform, orthogonal } from './initialisers';
import { lstmSequence } from './kernels';
import {
  builtOf,
  countOf,
  FilledLayer,
  type LayerOptions,
  type LayerVariable,
  only,
  onlyShape,
  read,
  type Shape,
  size,
} from './layer';

/** Options of `lstm`. */
export interface LstmOptions extends LayerOptions {
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
 * Keras 3's LSTM: sigmoid gates, tanh, Glorot-uniform input weights, orthogonal recurrent weights, and a
 * forget bias of one. (tfjs's own LSTM gates with a hard sigmoid.)
 *
 * [clips, frames, features] → [clips, units], or [clips, frames, units]
 *
 * Weights: kernel [features, 4 × units], recurrent_kernel [units, 4 × units], bias [4 × units]; gates i, f, c, o.
 */
export class FusedLstm extends FilledLayer {
  static readonly className = 'FusedLstm';
  private readonly units: number;
  private readonly seed: number;
  private readonly returnSequences: boolean;
  private readonly backwards: boolean;
  private variables: { kernel: LayerVariable; recurrent: LayerVariable; bias: LayerVariable } | undefined;

  constructor(options: LstmOptions) {
    super(options);
    this.units = countOf('lstm', 'units', options.units);
    this.seed = options.seed ?? 0;
    this.returnSequences = options.returnSequences ?? false;
    this.backwards = options.backwards ?? false;
  }

  override build(inputShape: Shape | Shape[]): void {
    const features = size(onlyShape(inputShape), -1);
    const gates = 4 * this.units;
    const random = new Random(this.seed, 'lstm');
    // In a bidirectional layer both directions' weights lie side by side in a file.
    const prefix = this.backwards ? 'backward_' : '';
    this.variables = {
      kernel: this.fill(`${prefix}kernel`, [features, gates], glorotUniform(random, features * gates, features, gates)),
      recurrent: this.fill(`${prefix}recurrent_kernel`, [this.units, gates], orthogonal(random, this.units, gates)),
      bias: this.fill(`${prefix}bias`, [gates], new Float32Array(gates).fill(1, this.units, 2 * this.units)),
    };
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, time] = onlyShape(inputShape);
    return this.returnSequences ? [batch, time, this.units] : [batch, this.units];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const { kernel, recurrent, bias } = builtOf(this.variables, 'lstm');
      const frames = tf.transpose(only(inputs), [1, 0, 2]) as tf.Tensor3D;
      const hidden = lstmSequence({
        input: this.backwards ? tf.reverse(frames, 0) : frames,
        kernel: read(kernel),
        recurrent: read(recurrent),
        bias: read(bias),
      });
      const [time, clips] = hidden.shape;
      if (!this.returnSequences) {
        return tf.reshape(tf.slice(hidden, [time - 1, 0, 0], [1, clips, this.units]), [clips, this.units]);
      }
      return tf.transpose(this.backwards ? tf.reverse(hidden, 0) : hidden, [1, 0, 2]);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { units, seed, returnSequences, backwards } = this;
    return { ...super.getConfig(), units, seed, returnSequences, backwards };
  }
}
