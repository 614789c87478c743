/** A long short-term memory over a whole sequence, with its gradient. */
import { tf } from '../../tensorflow';
import { inRawScope, type RawScope, withGradient } from './native';
import { pack, shifted, sumOfRows, unpack, visits } from './sequence';

/** Arguments of `lstmSequence`. */
export interface LstmSequenceOptions {
  /** [time, clips, features] */
  input: tf.Tensor3D;
  /** [features, 4 × units], gates in Keras's order i, f, c, o. */
  kernel: tf.Tensor2D;
  /** [units, 4 × units] */
  recurrent: tf.Tensor2D;
  /** [4 × units] */
  bias: tf.Tensor1D;
}

/**
 * Runs a long short-term memory over a sequence, from zero states.
 *
 * [i, f, g, o] = x(t) · kernel + h(t−1) · recurrent + bias; c(t) = σ(f) c(t−1) + σ(i) tanh(g); h(t) = σ(o) tanh(c(t)).
 *
 * Forward it is TensorFlow's BlockLSTM. That operation's own gradient multiplies frame by frame with all weights; here
 * only the state's share goes frame by frame, and the input's and the weights' gradients are large products afterwards.
 *
 * @returns every h(t), [time, clips, units]; the caller owns it
 */
export function lstmSequence({ input, kernel, recurrent, bias }: LstmSequenceOptions): tf.Tensor3D {
  return withGradient(
    [input, kernel, recurrent, bias],
    () => {
      const states = inRawScope((scope) => forward(scope, input, tf.concat([kernel, recurrent], 0), bias));
      return { value: states[6] as tf.Tensor3D, saved: [input, kernel, recurrent, ...states] };
    },
    (dy, [x, w, r, ...states]) =>
      inRawScope((scope) => {
        const [time, clips, features] = x.shape;
        const rows = (tensor: tf.Tensor): tf.Tensor2D => tf.reshape(tensor, [time * clips, -1]) as tf.Tensor2D;
        const dGates = rows(loopBackward(scope, dy, r as tf.Tensor2D, states));
        const earlier = rows(shifted(states[6] as tf.Tensor3D, 0, false));
        return [
          tf.reshape(tf.matMul(dGates, w as tf.Tensor2D, false, true), [time, clips, features]),
          tf.matMul(rows(x), dGates, true),
          tf.matMul(earlier, dGates, true),
          sumOfRows(scope, dGates),
        ];
      }),
  );
}

/**
 * Every h(t) and c(t) of `lstmSequence`, without a gradient; each [time, clips, units].
 *
 * @returns tensors that the caller owns
 */
export function lstmStates(options: LstmSequenceOptions): { hidden: tf.Tensor3D; cell: tf.Tensor3D } {
  const { input, kernel, recurrent, bias } = options;
  return tf.tidy(() => {
    const states = inRawScope((scope) => forward(scope, input, tf.concat([kernel, recurrent], 0), bias));
    return { hidden: states[6] as tf.Tensor3D, cell: states[1] as tf.Tensor3D };
  });
}

/** i, c, f, o, g, tanh(c) and h, the gates after their activation; each [time, clips, units]. */
function forward(scope: RawScope, input: tf.Tensor3D, weights: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor[] {
  const [time, clips] = input.shape;
  const units = bias.shape[0] / 4;
  const attributes = [
    scope.float,
    scope.attribute('FLOAT', 'cell_clip', 0),
    scope.attribute('BOOL', 'use_peephole', false),
  ];
  const [state, peephole] = scope.lend(tf.zeros([clips, units]), tf.zeros([units]));
  const [x, w, b] = scope.lend(input, weights, bias);
  const inputs = [scope.int64(time), x, state, state, w, peephole, peephole, peephole, b];
  return scope.give(scope.runAll('BlockLSTMV2', attributes, inputs, 7));
}

/**
 * The gradients of the gates before their activation, [time, clips, 4 × units].
 *
 * They are linear in those of h(t) and c(t), with factors that are known for every frame beforehand; only
 * dh(t−1) = dy(t−1) + [di, df, dg, do] · recurrentᵀ and dc(t−1) = f dc(t) must be found frame by frame.
 */
function loopBackward(scope: RawScope, dy: tf.Tensor3D, recurrent: tf.Tensor2D, states: tf.Tensor[]): tf.Tensor {
  const { float } = scope;
  const time = dy.shape[0];
  const [entry, , forget, exit, candidate, tanh] = scope.lend(...states);
  const [earlier, given] = scope.lend(shifted(states[1] as tf.Tensor3D, 0, false), dy);
  const join = [float, scope.attribute('INT', 'N', 4), scope.integers('Tidx')];
  const [weights, lastAxis, gateAxis] = scope.lend(recurrent, tf.scalar(1, 'int32'), tf.scalar(2, 'int32'));
  const factors = [
    scope.run('SigmoidGrad', [float], [entry, candidate]),
    scope.run('SigmoidGrad', [float], [forget, earlier]),
    scope.run('TanhGrad', [float], [candidate, entry]),
    scope.run('SigmoidGrad', [float], [exit, tanh]),
  ];
  const gates = unpack(scope, scope.run('ConcatV2', join, [...factors, gateAxis]), time, 0);
  const slopes = unpack(scope, scope.run('TanhGrad', [float], [tanh, exit]), time, 0);
  const [forgets, outputs] = [forget, given].map((sequence) => unpack(scope, sequence, time, 0));
  const product = [float, scope.attribute('BOOL', 'transpose_a', false), scope.attribute('BOOL', 'transpose_b', true)];
  const found = new Array<number>(time);
  let carried: { hidden: number; cell: number } | undefined;
  for (const t of visits(time, true)) {
    const dHidden = carried ? scope.run('AddV2', [float], [outputs[t], carried.hidden]) : outputs[t];
    const fresh = scope.run('Mul', [float], [dHidden, slopes[t]]);
    const dCell = carried ? scope.run('AddV2', [float], [fresh, carried.cell]) : fresh;
    const both = scope.run('ConcatV2', join, [dCell, dCell, dCell, dHidden, lastAxis]);
    found[t] = scope.run('Mul', [float], [both, gates[t]]);
    const hidden = scope.run('MatMul', product, [found[t], weights]);
    const cell = scope.run('Mul', [float], [dCell, forgets[t]]);
    scope.free(dHidden, fresh, dCell, both, gates[t], slopes[t], forgets[t]);
    if (carried) scope.free(carried.hidden, carried.cell);
    carried = { hidden, cell };
  }
  return pack(scope, found, 0);
}
