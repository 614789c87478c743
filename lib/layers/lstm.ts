/** A long short-term memory. */
import { tf } from '../tensorflow';
import { lstmSequence } from './kernels/lstm';
import { builtOf, type LayerVariable, only, read } from './layer';
import { RecurrentLayer, type RecurrentOptions } from './recurrent-layer';

/** Options of `lstm`. */
export type LstmOptions = RecurrentOptions;

/**
 * Keras 3's LSTM: sigmoid gates, tanh, Glorot-uniform input weights, orthogonal recurrent weights, and a
 * forget bias of one. (tfjs's own LSTM gates with a hard sigmoid.)
 *
 * [clips, frames, features] → [clips, units], or [clips, frames, units]
 *
 * Weights: kernel [features, 4 × units], recurrent_kernel [units, 4 × units], bias [4 × units]; gates i, f, c, o.
 */
export class FusedLstm extends RecurrentLayer {
  static readonly className = 'FusedLstm';

  constructor(options: LstmOptions) {
    super('lstm', 4, options);
  }

  protected override biasOf(name: string): LayerVariable {
    const { units } = this;
    return this.fill(name, [4 * units], new Float32Array(4 * units).fill(1, units, 2 * units));
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
}
