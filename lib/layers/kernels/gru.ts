/** The recurrence of a gated recurrent unit, with its gradient. */
import { tf } from '../../tensorflow';
import { type Attribute, inRawScope, type NativeBackend, nativeBackend, type RawScope } from './native';
import { plainStates } from './plain-gru';
import { pack, shifted, sumOfRows, unpack, visits } from './sequence';

/** Arguments of `gruRecurrence`. */
export interface GruRecurrenceOptions {
  /** The input's share of the gates, its bias added: [clips, time, 3 × units], gates in Keras's order z, r, h. */
  projected: tf.Tensor3D;
  /** [units, 3 × units] */
  recurrent: tf.Tensor2D;
  /** Added to the state's share of the gates, [3 × units]. */
  recurrentBias: tf.Tensor1D;
  /** From the last frame to the first; default false. */
  backwards?: boolean;
  /** A training takes TensorFlow's operations for any number of clips, and so stays the same to the last bit; default false. */
  training?: boolean;
}

/**
 * Runs a gated recurrent unit over a sequence, from a zero state, with the reset gate after the product (Keras's
 * `reset_after`, cuDNN's form).
 *
 * [az, ar, ah] = projected(t), [bz, br, bh] = h(t−1) · recurrent + recurrentBias; z = σ(az + bz); r = σ(ar + br);
 * c = tanh(ah + r bh); h(t) = z h(t−1) + (1 − z) c.
 *
 * @returns every h(t) at its frame, [clips, time, units]; the caller owns it
 */
export function gruRecurrence(options: GruRecurrenceOptions): tf.Tensor3D {
  const native = nativeBackend();
  if (!native) return stockGru(options);
  const few = !options.training && options.projected.shape[0] <= FEW_CLIPS;
  return few ? plainGru(native, options) : fusedGru(native, options);
}

/** Up to so many clips, thirteen operations a frame take longer than plain loops. */
const FEW_CLIPS = 4;

function stockGru({ projected, recurrent, recurrentBias, backwards = false }: GruRecurrenceOptions): tf.Tensor3D {
  return tf.tidy(() => {
    const [clips, time] = projected.shape;
    const units = recurrent.shape[0];
    let hidden = tf.zeros<tf.Rank.R2>([clips, units]);
    const outputs = new Array<tf.Tensor2D>(time);
    for (const t of visits(time, backwards)) {
      const frame = tf.reshape(tf.slice(projected, [0, t, 0], [clips, 1, 3 * units]), [clips, 3 * units]);
      const [az, ar, ah] = tf.split(frame, 3, 1);
      const [bz, br, bh] = tf.split(tf.add(tf.matMul(hidden, recurrent), recurrentBias), 3, 1);
      const update = tf.sigmoid(tf.add(az, bz));
      const candidate = tf.tanh(tf.add(ah, tf.mul(tf.sigmoid(tf.add(ar, br)), bh)));
      hidden = tf.add(candidate, tf.mul(update, tf.sub(hidden, candidate))) as tf.Tensor2D;
      outputs[t] = hidden;
    }
    return tf.stack(outputs, 1) as tf.Tensor3D;
  });
}

/** Plain loops; only gradients take TensorFlow's operations. */
function plainGru(native: NativeBackend, options: GruRecurrenceOptions): tf.Tensor3D {
  const { backwards = false } = options;
  const operation = tf.customGrad((projected, recurrent, recurrentBias, save) => {
    const taken = [projected, recurrent, recurrentBias] as [tf.Tensor3D, tf.Tensor2D, tf.Tensor1D];
    (save as tf.GradSaveFunc)(taken);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [input, weights, bias] = saved as typeof taken;
      return inRawScope(native, (scope) => {
        const states = forward(scope, input, [weights, bias], backwards);
        return backward(scope, dy as tf.Tensor3D, [weights, ...states], backwards);
      });
    };
    return { value: plainStates(taken, backwards), gradFunc };
  });
  return operation(options.projected, options.recurrent, options.recurrentBias) as tf.Tensor3D;
}

function fusedGru(native: NativeBackend, options: GruRecurrenceOptions): tf.Tensor3D {
  const { backwards = false } = options;
  const operation = tf.customGrad((projected, recurrent, recurrentBias, save) => {
    const weights = recurrent as tf.Tensor2D;
    const [hidden, ...states] = inRawScope(native, (scope) =>
      forward(scope, projected as tf.Tensor3D, [weights, recurrentBias as tf.Tensor1D], backwards),
    );
    const saveTensors = save as tf.GradSaveFunc;
    saveTensors([weights, hidden, ...states]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] =>
      inRawScope(native, (scope) => backward(scope, dy as tf.Tensor3D, saved, backwards));
    return { value: hidden, gradFunc };
  });
  return operation(options.projected, options.recurrent, options.recurrentBias) as tf.Tensor3D;
}

/** Frame by frame: h [clips, time, units]; then z, r, c, bh and h(t−1) − c, each [time, clips, units]. */
function forward(
  scope: RawScope,
  projected: tf.Tensor3D,
  [recurrent, bias]: [tf.Tensor2D, tf.Tensor1D],
  backwards: boolean,
): tf.Tensor[] {
  const { float } = scope;
  const [clips, time] = projected.shape;
  const units = recurrent.shape[0];
  const [weights, offset] = [scope.lend(recurrent), scope.lend(bias)];
  const [axis, sizes] = [scope.lend(tf.scalar(1, 'int32')), scope.lend(tf.tensor1d([2 * units, units], 'int32'))];
  const product = [float, scope.flag('transpose_a', false), scope.flag('transpose_b', false)];
  const twoParts = [float, scope.integer('num_split', 2), scope.integers('Tlen')];
  const halves = [float, scope.integer('num_split', 2)];
  const frames = unpack(scope, scope.lend(projected), time, 1);
  const [hiddens, updates, resets, candidates, terms, changes] = Array.from(
    { length: 6 },
    () => new Array<number>(time),
  );
  let hidden = scope.lend(tf.zeros([clips, units]));
  for (const t of visits(time, backwards)) {
    const plain = scope.run('MatMul', product, [hidden, weights]);
    const state = scope.run('BiasAdd', [float], [plain, offset]);
    const [inputGates, inputTerm] = scope.runAll('SplitV', twoParts, [frames[t], sizes, axis], 2);
    const [stateGates, stateTerm] = scope.runAll('SplitV', twoParts, [state, sizes, axis], 2);
    const sum = scope.run('AddV2', [float], [inputGates.id, stateGates.id]);
    const gates = scope.run('Sigmoid', [float], [sum]);
    const [update, reset] = scope.runAll('Split', halves, [axis, gates], 2);
    const kept = scope.run('Mul', [float], [reset.id, stateTerm.id]);
    const term = scope.run('AddV2', [float], [inputTerm.id, kept]);
    candidates[t] = scope.run('Tanh', [float], [term]);
    changes[t] = scope.run('Sub', [float], [hidden, candidates[t]]);
    const share = scope.run('Mul', [float], [update.id, changes[t]]);
    hidden = scope.run('AddV2', [float], [candidates[t], share]);
    [hiddens[t], updates[t], resets[t], terms[t]] = [hidden, update.id, reset.id, stateTerm.id];
    scope.free(frames[t], plain, state, inputGates.id, inputTerm.id, stateGates.id, sum, gates, kept, term, share);
  }
  const states = [updates, resets, candidates, terms, changes].map((parts) => pack(scope, parts, 0));
  return [pack(scope, hiddens, 1), ...states].map((tensor) => scope.give(tensor));
}

/**
 * Gradients of the projected input, the recurrent weights and their bias.
 *
 * All gates' gradients are linear in that of h(t), with factors that are known for every frame beforehand; only
 * dh(t−1) = dy(t−1) + z dh(t) + [dz, dr, r dc] · recurrentᵀ must be found frame by frame.
 */
function backward(scope: RawScope, dy: tf.Tensor3D, saved: tf.Tensor[], backwards: boolean): tf.Tensor[] {
  const [recurrent, hidden, ...states] = saved;
  const { float } = scope;
  const [clips, time, units] = dy.shape;
  const [update, reset, candidate, term, change] = states.map((state) => scope.lend(state));
  const other = scope.run('Sub', [float], [scope.lend(tf.scalar(1)), update]);
  const fromCandidate = scope.run('TanhGrad', [float], [candidate, other]);
  const fromUpdate = scope.run('SigmoidGrad', [float], [update, change]);
  const fromReset = scope.run('SigmoidGrad', [float], [reset, scope.run('Mul', [float], [fromCandidate, term])]);
  const fromTerm = scope.run('Mul', [float], [fromCandidate, reset]);
  const join = (parts: number): Attribute[] => [float, scope.integer('N', parts), scope.integers('Tidx')];
  const axis = (n: number): number => scope.lend(tf.scalar(n, 'int32'));
  const factors = scope.run('ConcatV2', join(3), [fromUpdate, fromReset, fromTerm, axis(2)]);
  const [gates, updates, own] = [factors, update, fromCandidate].map((tensor) => unpack(scope, tensor, time, 0));
  const outputs = unpack(scope, scope.lend(dy), time, 1);
  const [weights, lastAxis] = [scope.lend(recurrent), axis(1)];
  const product = [float, scope.flag('transpose_a', false), scope.flag('transpose_b', true)];
  const [terms, candidates] = [new Array<number>(time), new Array<number>(time)];
  let carried: number | undefined;
  for (const t of visits(time, !backwards)) {
    const slope = carried === undefined ? outputs[t] : scope.run('AddV2', [float], [outputs[t], carried]);
    const thrice = scope.run('ConcatV2', join(3), [slope, slope, slope, lastAxis]);
    terms[t] = scope.run('Mul', [float], [thrice, gates[t]]);
    candidates[t] = scope.run('Mul', [float], [slope, own[t]]);
    const through = scope.run('MatMul', product, [terms[t], weights]);
    const kept = scope.run('Mul', [float], [slope, updates[t]]);
    if (carried !== undefined) scope.free(carried);
    carried = scope.run('AddV2', [float], [through, kept]);
    scope.free(slope, thrice, gates[t], through, kept);
  }
  const dStates = scope.give(pack(scope, terms, 1));
  const dCandidates = scope.give(pack(scope, candidates, 1));
  const dProjected = tf.concat([tf.slice(dStates, [0, 0, 0], [clips, time, 2 * units]), dCandidates], 2);
  const rows = tf.reshape(shifted(hidden as tf.Tensor3D, 1, backwards), [clips * time, units]) as tf.Tensor2D;
  const dRows = tf.reshape(dStates, [clips * time, 3 * units]) as tf.Tensor2D;
  return [dProjected, tf.matMul(rows, dRows, true), sumOfRows(scope, dRows)];
}
