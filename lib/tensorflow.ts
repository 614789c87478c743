/**
 * The one door to TensorFlow: every other module imports `tf` from here, so that the work-arounds
 * that tfjs-node 4.22 needs are in place before it loads.
 */
import path from 'node:path';
import util from 'node:util';

// tfjs-node 4.22 calls these, at which Node 22 and 24 warn; Node 23 removed the first.
Object.assign(util, {
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
  isArray: Array.isArray,
});

// TensorFlow prints its processor advice to stderr, which a notebook would show as an error.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';

/**
 * Keeps off two lines of advice that no setting silences, while TensorFlow is loaded; set-up compiles what it takes.
 *
 * @returns what ends it
 */
function hush(): () => void {
  const addOn = { exports: {} as { begin?(): void; end?(): void } };
  try {
    const folder = path.dirname(require.resolve('@tensorflow/tfjs-node/package.json'));
    process.dlopen(addOn, path.join(folder, 'lib', 'napi-v8', 'quiet.node'));
  } catch {
    // Not compiled, as on a machine without a compiler.
  }
  const { begin, end } = addOn.exports;
  if (process.env.TF_CPP_MIN_LOG_LEVEL !== '0') begin?.();
  return () => end?.();
}

const endHush = hush();

import * as tf from '@tensorflow/tfjs-node';

endHush();

export { tf };

/**
 * The values of a tensor that `compute` makes; everything it made is freed.
 *
 * `tf.tidy` must not return large arrays: it walks whatever it is given, element by element, in search of
 * tensors, which takes fifty times as long as the product of two matrices of that size.
 */
export function valuesOf(compute: () => tf.Tensor): Float32Array {
  const tensor = tf.tidy(compute);
  try {
    return tensor.dataSync<'float32'>();
  } finally {
    tensor.dispose();
  }
}
