/** One number for each channel, added everywhere, with its gradient in one operation. */
import { tf } from '../../tensorflow';
import { inRawScope, nativeBackend } from './native';
import { sumOfRows } from './sequence';

/**
 * Adds `bias` [channels] to every place of `input` […, channels].
 *
 * @returns of the input's shape; the caller owns it
 */
export function addBias<T extends tf.Tensor>(input: T, bias: tf.Tensor1D): T {
  const native = nativeBackend();
  if (!native) return tf.add(input, bias);
  const operation = tf.customGrad((x, b) => {
    const value = inRawScope(native, (scope) => {
      const inputs = [scope.lend(x as tf.Tensor), scope.lend(b as tf.Tensor)];
      return scope.give(scope.runAll('BiasAdd', [scope.float], inputs, 1)[0]);
    });
    const gradFunc = (dy: tf.Tensor): tf.Tensor[] => [dy, inRawScope(native, (scope) => sumOfRows(scope, dy))];
    return { value, gradFunc };
  });
  return operation(input, bias) as T;
}
