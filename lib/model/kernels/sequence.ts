/** What recurrences share: sequences taken apart and put together. */
import { tf } from '../../tensorflow';
import type { RawScope, RawTensor } from './native';

/** The elements of a sequence in the order of its frames, [clips, …] each, from [clips, time, …] or [time, clips, …]. */
export function unpack(scope: RawScope, packed: number, time: number, axis: 0 | 1): number[] {
  const attributes = [scope.float, scope.integer('num', time), scope.integer('axis', axis)];
  return scope.runAll('Unpack', attributes, [packed], time).map(({ id }) => id);
}

/** The opposite of `unpack`. */
export function pack(scope: RawScope, parts: number[], axis: 0 | 1): RawTensor {
  const attributes = [scope.float, scope.integer('N', parts.length), scope.integer('axis', axis)];
  return scope.runAll('Pack', attributes, parts, 1)[0];
}

/** Indices of the frames in the order in which they are visited. */
export function visits(time: number, backwards: boolean): number[] {
  return Array.from({ length: time }, (_, step) => (backwards ? time - 1 - step : step));
}

/** h(t−1) at frame t, zero at the first one visited: [clips, time, units] → the same. */
export function shifted(hidden: tf.Tensor3D, backwards: boolean): tf.Tensor3D {
  const [clips, time, units] = hidden.shape;
  const none = tf.zeros<tf.Rank.R3>([clips, 1, units]);
  const others = tf.slice(hidden, [0, backwards ? 1 : 0, 0], [clips, time - 1, units]);
  return tf.concat(backwards ? [others, none] : [none, others], 1);
}
