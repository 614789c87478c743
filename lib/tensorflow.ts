/**
 * The one door to TensorFlow: every other module imports `tf` from here, so that the work-arounds
 * that tfjs-node 4.22 needs are in place before it loads.
 */
import util from 'node:util';

// tfjs-node 4.22 calls util.isNullOrUndefined, at which Node 22 warns and which Node 23 removed.
const legacyUtil = util as { isNullOrUndefined?: (value: unknown) => boolean };
legacyUtil.isNullOrUndefined = (value) => value === null || value === undefined;

// TensorFlow prints its processor advice to stderr, which a notebook would show as an error.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';

import * as tf from '@tensorflow/tfjs-node';

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
