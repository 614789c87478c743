/** A long short-term memory over a whole sequence in one operation, with its gradient. */
import { tf } from '../../tensorflow';
import { inRawScope, type NativeBackend, nativeBackend, type RawScope } from './native';

/**
 * A long short-term memory over a whole sequence, from zero states.
 *
 * [i, f, c, o] = [x(t), h(t−1)] · weights + bias; c(t) = σ(f) c(t−1) + σ(i) tanh(c); h(t) = σ(o) tanh(c(t)).
 *
 * @param input [time, clips, features]
 * @param weights [features + units, 4 × units], the input's rows first; gates in Keras's order i, f, c, o
 * @param bias [4 × units]
 * @returns every h(t), [time, clips, units]; the caller owns it
 */
export function lstmSequence(input: tf.Tensor3D, weights: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor3D {
  const native = nativeBackend();
  return native ? fusedLstm(native, input, weights, bias) : stockLstm(input, weights, bias);
}

function fusedLstm(native: NativeBackend, input: tf.Tensor3D, weights: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor3D {
  const operation = tf.customGrad((x, w, b, save) => {
    // Seven outputs: input gate, cell state, forget gate, output gate, cell input, cell output, h.
    const outputs = inRawScope(native, (scope) => {
      const attributes = [scope.float, scope.real('cell_clip', 0), scope.flag('use_peephole', false)];
      const inputs = operands(scope, [x, w, b] as tf.Tensor[]);
      return scope.runAll('BlockLSTMV2', attributes, inputs, 7).map((output) => scope.give(output));
    });
    const saveTensors = save as tf.GradSaveFunc;
    saveTensors([x as tf.Tensor, w as tf.Tensor, b as tf.Tensor, ...outputs]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] =>
      inRawScope(native, (scope) => {
        const [x, w, b, ...outputs] = saved;
        const attributes = [scope.float, scope.flag('use_peephole', false)];
        const lent = [...outputs, tf.zerosLike(outputs[1]), dy].map((tensor) => scope.lend(tensor));
        const gradients = scope.runAll('BlockLSTMGradV2', attributes, [...operands(scope, [x, w, b]), ...lent], 8);
        return [gradients[0], gradients[3], gradients[7]].map((gradient) => scope.give(gradient));
      });
    return { value: outputs[6], gradFunc };
  });
  return operation(input, weights, bias) as tf.Tensor3D;
}

/** What both operations take first: the length, input, zero states, weights, no peepholes, bias. */
function operands(scope: RawScope, [input, weights, bias]: tf.Tensor[]): number[] {
  const [time, clips] = input.shape;
  const units = bias.shape[0] / 4;
  const state = scope.lend(tf.zeros([clips, units]));
  const peephole = scope.lend(tf.zeros([units]));
  const [x, w, b] = [input, weights, bias].map((tensor) => scope.lend(tensor));
  return [scope.int64(time), x, state, state, w, peephole, peephole, peephole, b];
}

function stockLstm(input: tf.Tensor3D, weights: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor3D {
  return tf.tidy(() => {
    const [time, clips, features] = input.shape;
    const units = bias.shape[0] / 4;
    let hidden = tf.zeros<tf.Rank.R2>([clips, units]);
    let cell = tf.zeros<tf.Rank.R2>([clips, units]);
    const outputs = Array.from({ length: time }, (_, t) => {
      const step = tf.reshape(tf.slice(input, [t, 0, 0], [1, clips, features]), [clips, features]) as tf.Tensor2D;
      const gates = tf.add(tf.matMul(tf.concat([step, hidden], 1), weights), bias);
      const [inputGate, forgetGate, candidate, outputGate] = tf.split(gates, 4, 1);
      cell = tf.add(
        tf.mul(tf.sigmoid(forgetGate), cell),
        tf.mul(tf.sigmoid(inputGate), tf.tanh(candidate)),
      ) as tf.Tensor2D;
      hidden = tf.mul(tf.sigmoid(outputGate), tf.tanh(cell)) as tf.Tensor2D;
      return hidden;
    });
    return tf.stack(outputs) as tf.Tensor3D;
  });
}
