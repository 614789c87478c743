/** A long short-term memory on the fused operation. */
import { Random } from '../random';
import { tf } from '../tensorflow';
import { glorotUniform, orthogonal } from './initialisers';
import { lstmSequence } from './kernels';
import { type LayerOptions, type LayerVariable, only, onlyShape, type Shape, size } from './layer';

/** Options of `lstm`. */
export interface LstmOptions extends LayerOptions {
  /** Size of the state, int > 0. */
  units: number;
  /** Seed of the initial weights; default 0. */
  seed?: number;
  /** Every frame's output instead of the last one's; default false. */
  returnSequences?: boolean;
}

/**
 * Keras 3's LSTM: sigmoid gates, tanh, Glorot-uniform input weights, orthogonal recurrent weights, and a
 * forget bias of one. (tfjs's own LSTM gates with a hard sigmoid.)
 *
 * [clips, frames, features] → [clips, units], or [clips, frames, units]
 */
export class FusedLstm extends tf.layers.Layer {
  static readonly className = 'FusedLstm';
  private readonly units: number;
  private readonly seed: number;
  private readonly returnSequences: boolean;
  private variables: { kernel: LayerVariable; recurrent: LayerVariable; bias: LayerVariable } | undefined;

  constructor(options: LstmOptions) {
    super(options);
    this.units = options.units;
    this.seed = options.seed ?? 0;
    this.returnSequences = options.returnSequences ?? false;
  }

  override build(inputShape: Shape | Shape[]): void {
    const features = size(onlyShape(inputShape), -1);
    const gates = 4 * this.units;
    const random = new Random(this.seed, 'lstm');
    const weight = (name: string, shape: number[], values: Float32Array): LayerVariable => {
      const variable = this.addWeight(name, shape, 'float32', tf.initializers.zeros());
      tf.tidy(() => {
        variable.write(tf.tensor(values, shape));
      });
      return variable;
    };
    this.variables = {
      kernel: weight('kernel', [features, gates], glorotUniform(random, features * gates, features, gates)),
      recurrent: weight('recurrent_kernel', [this.units, gates], orthogonal(random, this.units, gates)),
      bias: weight('bias', [gates], new Float32Array(gates).fill(1, this.units, 2 * this.units)),
    };
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, time] = onlyShape(inputShape);
    return this.returnSequences ? [batch, time, this.units] : [batch, this.units];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      if (!this.variables) throw new RangeError('lstm: call build() before call()');
      const { kernel, recurrent, bias } = this.variables;
      const input = only(inputs) as tf.Tensor3D;
      const weights = tf.concat([kernel.read() as tf.Tensor2D, recurrent.read() as tf.Tensor2D], 0);
      const hidden = lstmSequence(tf.transpose(input, [1, 0, 2]), weights, bias.read() as tf.Tensor1D);
      if (this.returnSequences) return tf.transpose(hidden, [1, 0, 2]);
      const [time, batch] = hidden.shape;
      return tf.reshape(tf.slice(hidden, [time - 1, 0, 0], [1, batch, this.units]), [batch, this.units]);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), units: this.units, seed: this.seed, returnSequences: this.returnSequences };
  }
}
