/** The recurrence of a gated recurrent unit in plain loops, for few clips. */
import { tf } from '../../tensorflow';
import { visits } from './sequence';

/**
 * Output of `gruRecurrence`, without its gradient.
 *
 * @param tensors projected input, recurrent weights and their bias, as `GruRecurrenceOptions` has them
 * @returns every h(t) at its frame, [clips, time, units]; the caller owns it
 */
export function plainStates(
  [projected, recurrent, bias]: [tf.Tensor3D, tf.Tensor2D, tf.Tensor1D],
  backwards: boolean,
): tf.Tensor3D {
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
