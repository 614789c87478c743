/** A gated recurrent unit with what the fused one leaves out. */
import { flag } from '../../../schema';
import { tf } from '../../../tensorflow';
import {
  count,
  type LayerOptions,
  type LayerVariable,
  onlyShape,
  project,
  read,
  type Shape,
  size,
  WeightedLayer,
} from '../../layer';

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
export class PlainGru extends WeightedLayer<
  Required<Omit<PlainGruOptions, keyof LayerOptions>>,
  { kernel: LayerVariable; recurrent: LayerVariable; bias?: LayerVariable }
> {
  static readonly className = 'PlainGru';

  constructor(options: PlainGruOptions) {
    const { units, useBias = true, returnSequences = false, goBackwards = false } = options;
    const schemas = { units: count, useBias: flag, returnSequences: flag, goBackwards: flag };
    super(options, 'plainGru', { units, useBias, returnSequences, goBackwards }, schemas);
  }

  /** tfjs's Bidirectional asks. */
  get returnSequences(): boolean {
    return this.settings.returnSequences;
  }

  protected override makeVariables(inputShape: Shape): typeof this.variables {
    const { units, useBias } = this.settings;
    return {
      kernel: this.constant('kernel', [size(inputShape, -1), 3 * units], 0),
      recurrent: this.constant('recurrent_kernel', [units, 3 * units], 0),
      ...(useBias ? { bias: this.constant('bias', [2, 3 * units], 0) } : {}),
    };
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, time] = onlyShape(inputShape);
    const { units, returnSequences } = this.settings;
    return returnSequences ? [batch, time, units] : [batch, units];
  }

  protected override compute(input: tf.Tensor): tf.Tensor {
    const { units, returnSequences, goBackwards } = this.settings;
    const { kernel, recurrent, bias } = this.variables;
    const [batch, time] = input.shape;
    const [inputBias, recurrentBias] = bias ? tf.unstack(bias.read()) : [tf.scalar(0), tf.scalar(0)];
    // One product for all frames: only the recurrent part has to go frame by frame.
    const frames = tf.unstack(tf.add(project(input, read(kernel)), inputBias), 1);
    if (goBackwards) frames.reverse();
    let state: tf.Tensor = tf.zeros([batch, units]);
    const states = frames.map((frame) => {
      const own = tf.add(project(state, read(recurrent)), recurrentBias);
      const [update, reset, candidate] = tf.split(frame, 3, 1);
      const [ownUpdate, ownReset, ownCandidate] = tf.split(own, 3, 1);
      const keep = tf.sigmoid(tf.add(update, ownUpdate));
      const gate = tf.sigmoid(tf.add(reset, ownReset));
      const fresh = tf.tanh(tf.add(candidate, tf.mul(gate, ownCandidate)));
      state = tf.add(tf.mul(keep, state), tf.mul(tf.sub(1, keep), fresh));
      return state;
    });
    return returnSequences ? tf.stack(states, 1) : states[time - 1];
  }
}

tf.serialization.registerClass(PlainGru);
