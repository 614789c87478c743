/** A gated recurrent unit with what the fused one leaves out. */
import { flag, number } from '../../../schema';
import { tf } from '../../../tensorflow';
import { checkOptions, type LayerOptions, type LayerVariable, only, onlyShape, type Shape, size } from '../../layer';

/** Options of `PlainGru`. */
export interface PlainGruOptions extends LayerOptions {
  /** Size of the state, int > 0. */
  units: number;
  /** Has biases; default true. */
  useBias?: boolean;
  /** Every frame's output instead of the last one's; default false. */
  returnSequences?: boolean;
  /** From the last frame to the first; outputs come in that order too; default false. */
  goBackwards?: boolean;
}

/**
 * Keras's GRU with `reset_after=True`, frame by frame, for files that ask for what `FusedGru` and tfjs's own GRU leave
 * out: no biases, or outputs from the last frame to the first.
 *
 * [z, r, x̂] = x(t) · kernel + b₀; [z′, r′, ĥ] = h(t−1) · recurrent + b₁; z ← σ(z + z′); r ← σ(r + r′);
 * h(t) = z h(t−1) + (1 − z) tanh(x̂ + r ĥ).
 *
 * [clips, frames, features] → [clips, units], or [clips, frames, units]. Its weights come from a file.
 */
export class PlainGru extends tf.layers.Layer {
  static readonly className = 'PlainGru';
  private readonly options: Required<Omit<PlainGruOptions, keyof LayerOptions>>;
  private variables: { kernel: LayerVariable; recurrent: LayerVariable; bias?: LayerVariable } | undefined;

  constructor(options: PlainGruOptions) {
    super(options);
    const { units, useBias = true, returnSequences = false, goBackwards = false } = options;
    this.options = { units, useBias, returnSequences, goBackwards };
    const schemas = {
      units: number({ from: 1, whole: true }),
      useBias: flag,
      returnSequences: flag,
      goBackwards: flag,
    };
    checkOptions('plainGru', this.options, schemas);
  }

  /** tfjs's Bidirectional asks. */
  get returnSequences(): boolean {
    return this.options.returnSequences;
  }

  override build(inputShape: Shape | Shape[]): void {
    const { units, useBias } = this.options;
    const weight = (name: string, shape: number[]): LayerVariable =>
      this.addWeight(name, shape, 'float32', tf.initializers.zeros());
    this.variables = {
      kernel: weight('kernel', [size(onlyShape(inputShape), -1), 3 * units]),
      recurrent: weight('recurrent_kernel', [units, 3 * units]),
      ...(useBias ? { bias: weight('bias', [2, 3 * units]) } : {}),
    };
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, time] = onlyShape(inputShape);
    const { units, returnSequences } = this.options;
    return returnSequences ? [batch, time, units] : [batch, units];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      if (!this.variables) throw new RangeError('plainGru: call build() before call()');
      const { units, returnSequences, goBackwards } = this.options;
      const { kernel, recurrent, bias } = this.variables;
      const input = only(inputs) as tf.Tensor3D;
      const [batch, time, features] = input.shape;
      const [inputBias, recurrentBias] = bias ? tf.unstack(bias.read()) : [tf.scalar(0), tf.scalar(0)];
      // One product for all frames: only the recurrent part has to go frame by frame.
      const projected = tf.add(tf.matMul(tf.reshape(input, [-1, features]), kernel.read() as tf.Tensor2D), inputBias);
      const frames = tf.unstack(tf.reshape(projected, [batch, time, 3 * units]), 1);
      if (goBackwards) frames.reverse();
      let state: tf.Tensor = tf.zeros([batch, units]);
      const states = frames.map((frame) => {
        const own = tf.add(tf.matMul(state as tf.Tensor2D, recurrent.read() as tf.Tensor2D), recurrentBias);
        const [update, reset, candidate] = tf.split(frame, 3, 1);
        const [ownUpdate, ownReset, ownCandidate] = tf.split(own, 3, 1);
        const keep = tf.sigmoid(tf.add(update, ownUpdate));
        const gate = tf.sigmoid(tf.add(reset, ownReset));
        const fresh = tf.tanh(tf.add(candidate, tf.mul(gate, ownCandidate)));
        state = tf.add(tf.mul(keep, state), tf.mul(tf.sub(1, keep), fresh));
        return state;
      });
      return returnSequences ? tf.stack(states, 1) : states[states.length - 1];
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}

tf.serialization.registerClass(PlainGru);
