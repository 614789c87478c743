/** A gated recurrent unit. */
import { tf } from '../tensorflow';
import { gruRecurrence } from './kernels/gru';
import { addBias } from './kernels/pointwise';
import { builtOf, type CallOptions, type LayerVariable, only, project, read } from './layer';
import { RecurrentLayer, type RecurrentOptions } from './recurrent-layer';

/** Options of `gru`. */
export type GruOptions = RecurrentOptions;

/**
 * Keras 3's GRU: sigmoid gates, tanh, the reset gate after the product (`reset_after`), Glorot-uniform input weights,
 * orthogonal recurrent weights, biases of zero.
 *
 * [clips, frames, features] → [clips, units], or [clips, frames, units]
 *
 * Weights: kernel [features, 3 × units], recurrent_kernel [units, 3 × units], bias [2, 3 × units]; gates z, r, h.
 */
export class FusedGru extends RecurrentLayer {
  static readonly className = 'FusedGru';

  constructor(options: GruOptions) {
    super('gru', 3, options);
  }

  protected override biasOf(name: string): LayerVariable {
    return this.constant(name, [2, 3 * this.units], 0);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options?: CallOptions): tf.Tensor {
    return tf.tidy(() => {
      const { kernel, recurrent, bias } = builtOf(this.variables, 'gru');
      const [inputBias, recurrentBias] = tf.unstack(read<tf.Tensor2D>(bias)) as tf.Tensor1D[];
      const hidden = gruRecurrence({
        projected: addBias(project(only(inputs), read(kernel)), inputBias) as tf.Tensor3D,
        recurrent: read(recurrent),
        recurrentBias,
        backwards: this.backwards,
        training: options?.training,
      });
      return this.returnSequences ? hidden : lastOf(hidden, this.backwards);
    });
  }
}

/** The output at the frame visited last: [clips, frames, units] → [clips, units]. */
function lastOf(hidden: tf.Tensor3D, backwards: boolean): tf.Tensor2D {
  const [clips, frames, units] = hidden.shape;
  const frame = tf.slice(hidden, [0, backwards ? 0 : frames - 1, 0], [clips, 1, units]);
  return tf.reshape(frame, [clips, units]) as tf.Tensor2D;
}
