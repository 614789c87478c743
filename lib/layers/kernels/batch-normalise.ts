/** Batch normalisation in one operation, with its gradient. */
import { tf } from '../../tensorflow';
import { type Attribute, inRawScope, type NativeBackend, nativeBackend, type RawScope } from './native';

/** Receives the mean and the (biased) variance of each channel over the batch; they live until it returns. */
export type OnStatistics = (mean: tf.Tensor1D, variance: tf.Tensor1D) => void;

/** Arguments of `batchNormalise`. */
export interface BatchNormaliseOptions {
  /** [rows, channels] */
  input: tf.Tensor2D;
  /** Scale of each channel, [channels]. */
  gamma: tf.Tensor1D;
  /** Offset of each channel, [channels]. */
  beta: tf.Tensor1D;
  /** Added to the variance under the root. */
  epsilon: number;
  /** Called once, in the forward pass. */
  onStatistics: OnStatistics;
}

/**
 * Normalises each channel by the batch's own mean and variance; the gradient flows through both.
 *
 * (x − mean) / √(variance + epsilon) · gamma + beta
 *
 * @returns [rows, channels]; the caller owns it
 */
export function batchNormalise(options: BatchNormaliseOptions): tf.Tensor2D {
  const native = nativeBackend();
  return native ? fusedBatchNormalise(native, options) : stockBatchNormalise(options);
}

function stockBatchNormalise({ input, gamma, beta, epsilon, onStatistics }: BatchNormaliseOptions): tf.Tensor2D {
  return tf.tidy(() => {
    const { mean, variance } = tf.moments(input, 0);
    onStatistics(mean as tf.Tensor1D, variance as tf.Tensor1D);
    const normalised = tf.div(tf.sub(input, mean), tf.sqrt(tf.add(variance, epsilon)));
    return tf.add(tf.mul(normalised, gamma), beta) as tf.Tensor2D;
  });
}

function fusedBatchNormalise(native: NativeBackend, options: BatchNormaliseOptions): tf.Tensor2D {
  const [rows, channels] = options.input.shape;
  const image = [rows, 1, 1, channels];
  const operation = tf.customGrad((x, g, b, save) => {
    const [y, mean, variance, ...reserved] = inRawScope(native, (scope) => {
      const factor = scope.real('exponential_avg_factor', 1);
      const none = tf.zeros([channels]);
      const inputs = [tf.reshape(x as tf.Tensor, image), g, b, none, none] as tf.Tensor[];
      const lent = inputs.map((tensor) => scope.lend(tensor));
      const outputs = scope.runAll('FusedBatchNormV3', [...attributes(scope, options.epsilon), factor], lent, 6);
      return outputs.map((output) => scope.give(output));
    });
    // TensorFlow reports the unbiased variance (of one row: the biased one); Keras averages the biased one.
    options.onStatistics(mean as tf.Tensor1D, tf.mul(variance, Math.max(rows - 1, 1) / rows) as tf.Tensor1D);
    const saveTensors = save as tf.GradSaveFunc;
    saveTensors([x as tf.Tensor, g as tf.Tensor, ...reserved]);
    const gradFunc = (dy: tf.Tensor, [x, ...others]: tf.Tensor[]): tf.Tensor[] =>
      inRawScope(native, (scope) => {
        const inputs = [tf.reshape(dy, image), tf.reshape(x, image), ...others].map((tensor) => scope.lend(tensor));
        const outputs = scope.runAll('FusedBatchNormGradV3', attributes(scope, options.epsilon), inputs, 5);
        const [dx, dGamma, dBeta] = outputs.map((output) => scope.give(output));
        return [tf.reshape(dx, [rows, channels]), dGamma, dBeta];
      });
    return { value: tf.reshape(y, [rows, channels]), gradFunc };
  });
  return operation(options.input, options.gamma, options.beta) as tf.Tensor2D;
}

function attributes(scope: RawScope, epsilon: number): Attribute[] {
  return [
    scope.float,
    { ...scope.float, name: 'U' },
    scope.text('data_format', 'NHWC'),
    scope.flag('is_training', true),
    scope.real('epsilon', epsilon),
  ];
}
