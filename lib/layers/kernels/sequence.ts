/** Helpers of the recurrences: splitting and joining sequences. */
import { tf } from '../../tensorflow';
import type { RawScope } from './native';

/** The sum over all rows of […, columns], faster than tfjs's. */
export function sumOfRows(scope: RawScope, tensor: tf.Tensor): tf.Tensor {
  return scope.make('BiasAddGrad', [scope.float], [tensor]);
}

/** The elements of a sequence in the order of its frames, [clips, …] each, from [clips, time, …] or [time, clips, …]. */
export function unpack(scope: RawScope, packed: number, time: number, axis: 0 | 1): number[] {
  const attributes = [scope.float, scope.attribute('INT', 'num', time), scope.attribute('INT', 'axis', axis)];
  return scope.runAll('Unpack', attributes, [packed], time).map(({ id }) => id);
}

/** The opposite of `unpack`; the result is tfjs's. */
export function pack(scope: RawScope, parts: number[], axis: 0 | 1): tf.Tensor {
  const attributes = [scope.float, scope.attribute('INT', 'N', parts.length), scope.attribute('INT', 'axis', axis)];
  return scope.give(scope.runAll('Pack', attributes, parts, 1))[0];
}

/** Indices of the frames in the order in which they are visited. */
export function visits(time: number, backwards: boolean): number[] {
  return Array.from({ length: time }, (_, step) => (backwards ? time - 1 - step : step));
}

/**
 * States shifted by one frame, zero at the first frame visited.
 *
 * @param axis of time: 0 or 1 of three
 * @returns of the same shape
 */
export function shifted(states: tf.Tensor3D, axis: 0 | 1, backwards: boolean): tf.Tensor3D {
  const [edge, rest, from] = [[...states.shape], [...states.shape], [0, 0, 0]];
  edge[axis] = 1;
  rest[axis]--;
  from[axis] = backwards ? 1 : 0;
  const parts = [tf.zeros(edge), tf.slice(states as tf.Tensor, from, rest)];
  return tf.concat(backwards ? parts.reverse() : parts, axis) as tf.Tensor3D;
}
