/** The recurrence of a gated recurrent unit, with its gradient. */
import { tf } from '../../tensorflow';
import { inRawScope, type RawScope, withGradient } from './native';
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
  const { projected, recurrent, recurrentBias, backwards = false, training = false } = options;
  const inputs: GruInputs = [projected, recurrent, recurrentBias];
  const isPlain = !training && projected.shape[0] <= FEW_CLIPS;
  return withGradient(
    inputs,
    () => {
      if (isPlain) return { value: plainStates(inputs, backwards), saved: inputs };
      const states = inRawScope((scope) => forward(scope, inputs, backwards));
      return { value: states[0] as tf.Tensor3D, saved: [recurrent, ...states] };
    },
    (dy, saved) =>
      inRawScope((scope) => {
        const states = isPlain ? [saved[1], ...forward(scope, saved as GruInputs, backwards)] : saved;
        return backward(scope, dy, states, backwards);
      }),
  );
}

/** Projected input, recurrent weights and their bias. */
type GruInputs = [tf.Tensor3D, tf.Tensor2D, tf.Tensor1D];

/** Up to so many clips, thirteen operations a frame take longer than plain loops. */
const FEW_CLIPS = 4;

/** Plain loops, for few clips; only gradients take TensorFlow's operations. */
function plainStates([projected, recurrent, bias]: GruInputs, backwards: boolean): tf.Tensor3D {
  const [clips, time, gates] = projected.shape;
  const units = gates / 3;
  // Read once; within the loops a tensor could not be read.
  const [inputs, weights, offset] = [projected, recurrent, bias].map((tensor) => tensor.dataSync() as Float32Array);
  const hidden = new Float32Array(clips * time * units);
  const sums = new Float64Array(gates);
  for (let clip = 0; clip < clips; clip++) {
    const state = new Float64Array(units);
    for (const t of visits(time, backwards)) {
      sums.set(offset);
      for (let unit = 0; unit < units; unit++) {
        for (let gate = 0; gate < gates; gate++) sums[gate] += state[unit] * weights[unit * gates + gate];
      }
      const frame = (clip * time + t) * gates;
      for (let unit = 0; unit < units; unit++) {
        const update = sigmoid(inputs[frame + unit] + sums[unit]);
        const reset = sigmoid(inputs[frame + units + unit] + sums[units + unit]);
        const candidate = Math.tanh(inputs[frame + 2 * units + unit] + reset * sums[2 * units + unit]);
        state[unit] = candidate + update * (state[unit] - candidate);
      }
      hidden.set(state, (clip * time + t) * units);
    }
  }
  return tf.tensor3d(hidden, [clips, time, units]);
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Frame by frame: h [clips, time, units]; then z, r, c, bh and h(t−1) − c, each [time, clips, units]. */
function forward(scope: RawScope, [projected, recurrent, bias]: GruInputs, backwards: boolean): tf.Tensor[] {
  const { float } = scope;
  const [clips, time] = projected.shape;
  const units = recurrent.shape[0];
  const [input, weights, offset, start] = scope.lend(projected, recurrent, bias, tf.zeros([clips, units]));
  const [axis, sizes] = scope.lend(tf.scalar(1, 'int32'), tf.tensor1d([2 * units, units], 'int32'));
  const product = [float, scope.attribute('BOOL', 'transpose_a', false), scope.attribute('BOOL', 'transpose_b', false)];
  const twoParts = [float, scope.attribute('INT', 'num_split', 2), scope.integers('Tlen')];
  const halves = [float, scope.attribute('INT', 'num_split', 2)];
  const frames = unpack(scope, input, time, 1);
  const [hiddens, updates, resets, candidates, terms, changes] = Array.from(
    { length: 6 },
    () => new Array<number>(time),
  );
  let hidden = start;
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
  return [pack(scope, hiddens, 1), ...states];
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
  const [update, reset, candidate, term, change] = scope.lend(...states);
  const [slopes, weights, one] = scope.lend(dy, recurrent, tf.scalar(1));
  const [lastAxis, gateAxis] = scope.lend(tf.scalar(1, 'int32'), tf.scalar(2, 'int32'));
  const other = scope.run('Sub', [float], [one, update]);
  const fromCandidate = scope.run('TanhGrad', [float], [candidate, other]);
  const fromUpdate = scope.run('SigmoidGrad', [float], [update, change]);
  const fromReset = scope.run('SigmoidGrad', [float], [reset, scope.run('Mul', [float], [fromCandidate, term])]);
  const fromTerm = scope.run('Mul', [float], [fromCandidate, reset]);
  const join = [float, scope.attribute('INT', 'N', 3), scope.integers('Tidx')];
  const factors = scope.run('ConcatV2', join, [fromUpdate, fromReset, fromTerm, gateAxis]);
  const [gates, updates, own] = [factors, update, fromCandidate].map((tensor) => unpack(scope, tensor, time, 0));
  const outputs = unpack(scope, slopes, time, 1);
  const product = [float, scope.attribute('BOOL', 'transpose_a', false), scope.attribute('BOOL', 'transpose_b', true)];
  const [terms, candidates] = [new Array<number>(time), new Array<number>(time)];
  let carried: number | undefined;
  for (const t of visits(time, !backwards)) {
    const slope = carried === undefined ? outputs[t] : scope.run('AddV2', [float], [outputs[t], carried]);
    const thrice = scope.run('ConcatV2', join, [slope, slope, slope, lastAxis]);
    terms[t] = scope.run('Mul', [float], [thrice, gates[t]]);
    candidates[t] = scope.run('Mul', [float], [slope, own[t]]);
    const through = scope.run('MatMul', product, [terms[t], weights]);
    const kept = scope.run('Mul', [float], [slope, updates[t]]);
    if (carried !== undefined) scope.free(carried);
    carried = scope.run('AddV2', [float], [through, kept]);
    scope.free(slope, thrice, gates[t], through, kept);
  }
  const dStates = pack(scope, terms, 1);
  const dCandidates = pack(scope, candidates, 1);
  const dProjected = tf.concat([tf.slice(dStates, [0, 0, 0], [clips, time, 2 * units]), dCandidates], 2);
  const rows = tf.reshape(shifted(hidden as tf.Tensor3D, 1, backwards), [clips * time, units]) as tf.Tensor2D;
  const dRows = tf.reshape(dStates, [clips * time, 3 * units]) as tf.Tensor2D;
  return [dProjected, tf.matMul(rows, dRows, true), sumOfRows(scope, dRows)];
}
