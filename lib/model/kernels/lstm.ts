/** The recurrence of a long short-term memory, with its gradient. */
import { tf } from '../../tensorflow';
import { inRawScope, type NativeBackend, nativeBackend, type RawScope } from './native';
import { pack, shifted, unpack, visits } from './sequence';

/** What `lstmRecurrence` takes. */
export interface LstmRecurrenceOptions {
  /** The input's share of the gates, the bias added: [clips, time, 4 × units], gates in Keras's order i, f, c, o. */
  projected: tf.Tensor3D;
  /** [units, 4 × units] */
  recurrent: tf.Tensor2D;
  /** From the last frame to the first; default false. */
  backwards?: boolean;
}

/**
 * Runs a long short-term memory over a sequence, from zero states.
 *
 * [i, f, g, o] = projected(t) + h(t−1) · recurrent; c(t) = σ(f) c(t−1) + σ(i) tanh(g); h(t) = σ(o) tanh(c(t)).
 *
 * TensorFlow's BlockLSTM multiplies input and state with all weights frame by frame, which is slow to learn from: here
 * the input's products are one large one, before and after, and only the state's are small.
 *
 * @returns every h(t) at its frame, [clips, time, units]; the caller owns it
 */
export function lstmRecurrence(options: LstmRecurrenceOptions): tf.Tensor3D {
  const native = nativeBackend();
  return native ? fusedLstm(native, options) : stockLstm(options);
}

function stockLstm({ projected, recurrent, backwards = false }: LstmRecurrenceOptions): tf.Tensor3D {
  return tf.tidy(() => {
    const [clips, time] = projected.shape;
    const units = recurrent.shape[0];
    let hidden = tf.zeros<tf.Rank.R2>([clips, units]);
    let cell = tf.zeros<tf.Rank.R2>([clips, units]);
    const outputs = new Array<tf.Tensor2D>(time);
    for (const t of visits(time, backwards)) {
      const frame = tf.reshape(tf.slice(projected, [0, t, 0], [clips, 1, 4 * units]), [clips, 4 * units]);
      const [input, forget, candidate, output] = tf.split(tf.add(frame, tf.matMul(hidden, recurrent)), 4, 1);
      const kept = tf.mul(tf.sigmoid(forget), cell);
      cell = tf.add(kept, tf.mul(tf.sigmoid(input), tf.tanh(candidate))) as tf.Tensor2D;
      hidden = tf.mul(tf.sigmoid(output), tf.tanh(cell)) as tf.Tensor2D;
      outputs[t] = hidden;
    }
    return tf.stack(outputs, 1) as tf.Tensor3D;
  });
}

function fusedLstm(native: NativeBackend, options: LstmRecurrenceOptions): tf.Tensor3D {
  const { backwards = false } = options;
  const operation = tf.customGrad((projected, recurrent, save) => {
    const weights = recurrent as tf.Tensor2D;
    const [hidden, ...states] = inRawScope(native, (scope) =>
      forward(scope, projected as tf.Tensor3D, weights, backwards),
    );
    const saveTensors = save as tf.GradSaveFunc;
    saveTensors([weights, hidden, ...states]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] =>
      inRawScope(native, (scope) => backward(scope, dy as tf.Tensor3D, saved, backwards));
    return { value: hidden, gradFunc };
  });
  return operation(options.projected, options.recurrent) as tf.Tensor3D;
}

/** Frame by frame: h [clips, time, units]; then i, f, g, o, tanh(c) and c(t−1), each [time, clips, units]. */
function forward(scope: RawScope, projected: tf.Tensor3D, recurrent: tf.Tensor2D, backwards: boolean): tf.Tensor[] {
  const { float } = scope;
  const [clips, time] = projected.shape;
  const units = recurrent.shape[0];
  const [weights, axis] = [scope.lend(recurrent), scope.lend(tf.scalar(1, 'int32'))];
  const product = [float, scope.flag('transpose_a', false), scope.flag('transpose_b', false)];
  const quarters = [float, scope.integer('num_split', 4)];
  const frames = unpack(scope, scope.lend(projected), time, 1);
  const [hiddens, inputs, forgets, candidates, outputs, tanhs, earlier] = Array.from(
    { length: 7 },
    () => new Array<number>(time),
  );
  let hidden = scope.lend(tf.zeros([clips, units]));
  let cell = hidden;
  for (const t of visits(time, backwards)) {
    const state = scope.run('MatMul', product, [hidden, weights]);
    const gates = scope.run('AddV2', [float], [frames[t], state]);
    const parts = scope.runAll('Split', quarters, [axis, gates], 4).map(({ id }) => id);
    inputs[t] = scope.run('Sigmoid', [float], [parts[0]]);
    forgets[t] = scope.run('Sigmoid', [float], [parts[1]]);
    candidates[t] = scope.run('Tanh', [float], [parts[2]]);
    outputs[t] = scope.run('Sigmoid', [float], [parts[3]]);
    const kept = scope.run('Mul', [float], [forgets[t], cell]);
    const added = scope.run('Mul', [float], [inputs[t], candidates[t]]);
    earlier[t] = cell;
    cell = scope.run('AddV2', [float], [kept, added]);
    tanhs[t] = scope.run('Tanh', [float], [cell]);
    hidden = scope.run('Mul', [float], [outputs[t], tanhs[t]]);
    hiddens[t] = hidden;
    scope.free(frames[t], state, gates, ...parts, kept, added);
  }
  const states = [inputs, forgets, candidates, outputs, tanhs, earlier].map((parts) => pack(scope, parts, 0));
  return [pack(scope, hiddens, 1), ...states].map((tensor) => scope.give(tensor));
}

/**
 * Gradients of the projected input and of the recurrent weights.
 *
 * All gates' gradients are linear in those of h(t) and c(t), with factors that are known for every frame beforehand;
 * only dh(t−1) = dy(t−1) + [di, df, dg, do] · recurrentᵀ and dc(t−1) = f dc(t) must be found frame by frame.
 */
function backward(scope: RawScope, dy: tf.Tensor3D, saved: tf.Tensor[], backwards: boolean): tf.Tensor[] {
  const [recurrent, hidden, ...states] = saved;
  const { float } = scope;
  const [clips, time, units] = dy.shape;
  const [input, forget, candidate, output, tanh, earlier] = states.map((state) => scope.lend(state));
  const factors = [
    scope.run('SigmoidGrad', [float], [input, candidate]),
    scope.run('SigmoidGrad', [float], [forget, earlier]),
    scope.run('TanhGrad', [float], [candidate, input]),
    scope.run('SigmoidGrad', [float], [output, tanh]),
  ];
  const join = [float, scope.integer('N', 4), scope.integers('Tidx')];
  const axis = (n: number): number => scope.lend(tf.scalar(n, 'int32'));
  const gates = unpack(scope, scope.run('ConcatV2', join, [...factors, axis(2)]), time, 0);
  const slopes = unpack(scope, scope.run('TanhGrad', [float], [tanh, output]), time, 0);
  const forgets = unpack(scope, forget, time, 0);
  const outputs = unpack(scope, scope.lend(dy), time, 1);
  const [weights, lastAxis] = [scope.lend(recurrent), axis(1)];
  const product = [float, scope.flag('transpose_a', false), scope.flag('transpose_b', true)];
  const found = new Array<number>(time);
  let carried: { hidden: number; cell: number } | undefined;
  for (const t of visits(time, !backwards)) {
    const dHidden = carried ? scope.run('AddV2', [float], [outputs[t], carried.hidden]) : outputs[t];
    const fresh = scope.run('Mul', [float], [dHidden, slopes[t]]);
    const dCell = carried ? scope.run('AddV2', [float], [fresh, carried.cell]) : fresh;
    const both = scope.run('ConcatV2', join, [dCell, dCell, dCell, dHidden, lastAxis]);
    found[t] = scope.run('Mul', [float], [both, gates[t]]);
    const earlierState = {
      hidden: scope.run('MatMul', product, [found[t], weights]),
      cell: scope.run('Mul', [float], [dCell, forgets[t]]),
    };
    scope.free(dHidden, fresh, dCell, both, gates[t], slopes[t]);
    if (carried) scope.free(carried.hidden, carried.cell);
    carried = earlierState;
  }
  const dProjected = scope.give(pack(scope, found, 1));
  const rows = tf.reshape(shifted(hidden as tf.Tensor3D, backwards), [clips * time, units]) as tf.Tensor2D;
  const dGates = tf.reshape(dProjected, [clips * time, 4 * units]) as tf.Tensor2D;
  return [dProjected, tf.matMul(rows, dGates, true)];
}
