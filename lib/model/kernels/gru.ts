/** The recurrence of a gated recurrent unit, with its gradient. */
import { tf } from '../../tensorflow';
import { inRawScope, type NativeBackend, nativeBackend, type RawScope } from './native';

/** What `gruRecurrence` takes. */
export interface GruRecurrenceOptions {
  /** The input's share of the gates, its bias added: [clips, time, 3 × units], gates in Keras's order z, r, h. */
  projected: tf.Tensor3D;
  /** [units, 3 × units] */
  recurrent: tf.Tensor2D;
  /** Added to the state's share of the gates, [3 × units]. */
  recurrentBias: tf.Tensor1D;
  /** From the last frame to the first; default false. */
  backwards?: boolean;
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
  return native ? fusedGru(native, options) : stockGru(options);
}

function stockGru({ projected, recurrent, recurrentBias, backwards }: GruRecurrenceOptions): tf.Tensor3D {
  return tf.tidy(() => {
    const [clips, time] = projected.shape;
    const units = recurrent.shape[0];
    let hidden = tf.zeros<tf.Rank.R2>([clips, units]);
    const outputs = new Array<tf.Tensor2D>(time);
    for (const t of visits(time, backwards ?? false)) {
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

/** Indices of the frames in the order in which they are visited. */
function visits(time: number, backwards: boolean): number[] {
  return Array.from({ length: time }, (_, step) => (backwards ? time - 1 - step : step));
}

function fusedGru(native: NativeBackend, options: GruRecurrenceOptions): tf.Tensor3D {
  const backwards = options.backwards ?? false;
  const order = visits(options.projected.shape[1], backwards);
  const operation = tf.customGrad((projected, recurrent, recurrentBias, save) => {
    const weights = recurrent as tf.Tensor2D;
    const [hidden, gates, candidates, terms] = inRawScope(native, (scope) =>
      forward(scope, order, projected as tf.Tensor3D, weights, recurrentBias as tf.Tensor1D),
    );
    const saveTensors = save as tf.GradSaveFunc;
    saveTensors([weights, hidden, gates, candidates, terms]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => backward(native, order, dy, saved);
    return { value: hidden, gradFunc };
  });
  return operation(options.projected, options.recurrent, options.recurrentBias) as tf.Tensor3D;
}

/** Frame by frame: h, the gates z and r, the candidate c, and the state's term bh, each [clips, time, …]. */
function forward(
  scope: RawScope,
  order: number[],
  projected: tf.Tensor3D,
  recurrent: tf.Tensor2D,
  bias: tf.Tensor1D,
): tf.Tensor[] {
  const { float } = scope;
  const [clips, time] = projected.shape;
  const units = recurrent.shape[0];
  const [weights, offset] = [scope.lend(recurrent), scope.lend(bias)];
  const [axis, sizes] = [scope.lend(tf.scalar(1, 'int32')), scope.lend(tf.tensor1d([2 * units, units], 'int32'))];
  const product = [float, scope.flag('transpose_a', false), scope.flag('transpose_b', false)];
  const twoParts = [float, scope.integer('num_split', 2), scope.integers('Tlen')];
  const halves = [float, scope.integer('num_split', 2)];
  const frames = scope.runAll(
    'Unpack',
    [float, scope.integer('num', time), scope.integer('axis', 1)],
    [scope.lend(projected)],
    time,
  );
  const [hiddens, gates, candidates, terms] = [0, 0, 0, 0].map(() => new Array<number>(time));
  let hidden = scope.lend(tf.zeros([clips, units]));
  for (const t of order) {
    const plain = scope.run('MatMul', product, [hidden, weights]);
    const state = scope.run('BiasAdd', [float], [plain, offset]);
    const [inputGates, inputTerm] = scope.runAll('SplitV', twoParts, [frames[t].id, sizes, axis], 2);
    const [stateGates, stateTerm] = scope.runAll('SplitV', twoParts, [state, sizes, axis], 2);
    const sum = scope.run('AddV2', [float], [inputGates.id, stateGates.id]);
    gates[t] = scope.run('Sigmoid', [float], [sum]);
    const [update, reset] = scope.runAll('Split', halves, [axis, gates[t]], 2);
    const kept = scope.run('Mul', [float], [reset.id, stateTerm.id]);
    const term = scope.run('AddV2', [float], [inputTerm.id, kept]);
    candidates[t] = scope.run('Tanh', [float], [term]);
    const change = scope.run('Sub', [float], [hidden, candidates[t]]);
    const share = scope.run('Mul', [float], [update.id, change]);
    hiddens[t] = scope.run('AddV2', [float], [candidates[t], share]);
    terms[t] = stateTerm.id;
    hidden = hiddens[t];
    scope.free(
      plain,
      state,
      inputGates.id,
      inputTerm.id,
      stateGates.id,
      sum,
      update.id,
      reset.id,
      kept,
      term,
      change,
      share,
    );
  }
  const pack = [float, scope.integer('N', time), scope.integer('axis', 1)];
  return [hiddens, gates, candidates, terms].map((parts) => scope.give(scope.runAll('Pack', pack, parts, 1)[0]));
}

/**
 * Gradients of the projected input, the recurrent weights and their bias.
 *
 * All gates' gradients are linear in that of h(t), with factors that are known for every frame beforehand; only
 * dh(t−1) = dy(t−1) + z dh(t) + [dz, dr, r dc] · recurrentᵀ must be found frame by frame.
 */
function backward(native: NativeBackend, order: number[], dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
  const [recurrent, hidden, gates, candidate, term] = saved;
  const [clips, time, units] = hidden.shape;
  const earlier = shifted(hidden as tf.Tensor3D, order);
  const [update, reset] = tf.split(gates, 2, 2);
  const fromCandidate = tf.mul(tf.sub(1, update), tf.sub(1, tf.square(candidate)));
  const fromUpdate = tf.mul(tf.mul(tf.sub(earlier, candidate), update), tf.sub(1, update));
  const fromReset = tf.mul(tf.mul(tf.mul(fromCandidate, term), reset), tf.sub(1, reset));
  const factors = tf.stack([fromUpdate, fromReset, tf.mul(fromCandidate, reset)], 2);
  const slopes = inRawScope(native, (scope) =>
    loopBackward(scope, order, { dy, factors, update, recurrent: recurrent as tf.Tensor2D }),
  );
  const slope = tf.reshape(slopes, [clips, time, 1, units]);
  const dState = tf.reshape(tf.mul(slope, factors), [clips * time, 3 * units]) as tf.Tensor2D;
  const dProjected = tf.mul(slope, tf.stack([fromUpdate, fromReset, fromCandidate], 2));
  const dRecurrent = tf.matMul(tf.reshape(earlier, [clips * time, units]) as tf.Tensor2D, dState, true);
  return [tf.reshape(dProjected, [clips, time, 3 * units]), dRecurrent, tf.sum(dState, 0)];
}

/** h(t−1) at frame t. */
function shifted(hidden: tf.Tensor3D, order: number[]): tf.Tensor3D {
  const [clips, time, units] = hidden.shape;
  const none = tf.zeros<tf.Rank.R3>([clips, 1, units]);
  const backwards = order[0] > 0;
  const others = tf.slice(hidden, [0, backwards ? 1 : 0, 0], [clips, time - 1, units]);
  return tf.concat(backwards ? [others, none] : [none, others], 1);
}

/** The whole gradient of every h(t), [clips, time, units]. */
function loopBackward(
  scope: RawScope,
  order: number[],
  { dy, factors, update, recurrent }: { dy: tf.Tensor; factors: tf.Tensor; update: tf.Tensor; recurrent: tf.Tensor2D },
): tf.Tensor {
  const { float } = scope;
  const [clips, time, units] = dy.shape;
  const unpack = [float, scope.integer('num', time), scope.integer('axis', 1)];
  const [outputs, gates, updates] = [dy, factors, update].map((tensor) =>
    scope.runAll('Unpack', unpack, [scope.lend(tensor)], time),
  );
  const weights = scope.lend(recurrent);
  const product = [float, scope.flag('transpose_a', false), scope.flag('transpose_b', true)];
  const reshape = [float, scope.integers('Tshape')];
  const single = scope.lend(tf.tensor1d([clips, 1, units], 'int32'));
  const flat = scope.lend(tf.tensor1d([clips, 3 * units], 'int32'));
  const slopes = new Array<number>(time);
  let carried: number | undefined;
  for (const t of [...order].reverse()) {
    slopes[t] = carried === undefined ? outputs[t].id : scope.run('AddV2', [float], [outputs[t].id, carried]);
    const column = scope.run('Reshape', reshape, [slopes[t], single]);
    const spread = scope.run('Mul', [float], [column, gates[t].id]);
    const rows = scope.run('Reshape', reshape, [spread, flat]);
    const through = scope.run('MatMul', product, [rows, weights]);
    const kept = scope.run('Mul', [float], [slopes[t], updates[t].id]);
    if (carried !== undefined) scope.free(carried);
    carried = scope.run('AddV2', [float], [through, kept]);
    scope.free(column, spread, rows, through, kept);
  }
  const pack = [float, scope.integer('N', time), scope.integer('axis', 1)];
  return scope.give(scope.runAll('Pack', pack, slopes, 1)[0]);
}
