/**
 * TensorFlow's fused operations, which tfjs does not expose, with their gradients. The only file that
 * knows raw operations. On a backend without them the same results come from stock operations.
 */
import { int64, tf } from '../tensorflow';

/** The part of tfjs-node's backend that runs any TensorFlow operation by name. */
interface NativeBackend {
  binding: {
    TF_ATTR_TYPE: number;
    TF_ATTR_FLOAT: number;
    TF_ATTR_BOOL: number;
    TF_ATTR_STRING: number;
    TF_FLOAT: number;
  };
  executeMultipleOutputs(name: string, attributes: Attribute[], inputs: unknown[], outputs: number): tf.Tensor[];
}
interface Attribute {
  name: string;
  type: number;
  value: unknown;
}

/** The native backend if the current one runs raw operations. */
function nativeBackend(): NativeBackend | undefined {
  const backend = tf.backend() as unknown as Partial<NativeBackend>;
  return backend.binding && backend.executeMultipleOutputs ? (backend as NativeBackend) : undefined;
}

/** Whether the current backend has TensorFlow's fused operations. */
export function hasFusedKernels(): boolean {
  return nativeBackend() !== undefined;
}

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
  const { TF_ATTR_TYPE, TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_FLOAT } = native.binding;
  const type = { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT };
  const noPeephole = { name: 'use_peephole', type: TF_ATTR_BOOL, value: false };
  const noClip = { name: 'cell_clip', type: TF_ATTR_FLOAT, value: 0 };
  const [time, clips] = input.shape;
  const units = bias.shape[0] / 4;
  const operation = tf.customGrad((x, w, b, save) => {
    const state = tf.zeros([clips, units]);
    const peephole = tf.zeros([units]);
    const inputs = [int64(time), x, state, state, w, peephole, peephole, peephole, b];
    // Seven outputs: input gate, cell state, forget gate, output gate, cell input, cell output, h.
    const outputs = native.executeMultipleOutputs('BlockLSTMV2', [type, noClip, noPeephole], inputs as tf.Tensor[], 7);
    const saveTensors = save as tf.GradSaveFunc;
    saveTensors([x as tf.Tensor, w as tf.Tensor, b as tf.Tensor, ...outputs]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [x, w, b, ...outputs] = saved;
      const state = tf.zeros([clips, units]);
      const peephole = tf.zeros([units]);
      const forward = [x, state, state, w, peephole, peephole, peephole, b];
      const noCellGradient = tf.zerosLike(outputs[1]);
      const gradients = native.executeMultipleOutputs(
        'BlockLSTMGradV2',
        [type, noPeephole],
        [int64(time), ...forward, ...outputs, noCellGradient, dy],
        8,
      );
      return [gradients[0], gradients[3], gradients[7]];
    };
    return { value: outputs[6], gradFunc };
  });
  return operation(input, weights, bias) as tf.Tensor3D;
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

/** Receives the mean and the (biased) variance of each channel over the batch; they live until it returns. */
export type OnStatistics = (mean: tf.Tensor1D, variance: tf.Tensor1D) => void;

/** What `batchNormalise` takes. */
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
  const { TF_ATTR_TYPE, TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_ATTR_STRING, TF_FLOAT } = native.binding;
  const attributes = [
    { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'U', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: TF_ATTR_BOOL, value: true },
    { name: 'epsilon', type: TF_ATTR_FLOAT, value: options.epsilon },
  ];
  const average = { name: 'exponential_avg_factor', type: TF_ATTR_FLOAT, value: 1 };
  const [rows, channels] = options.input.shape;
  const operation = tf.customGrad((x, g, b, save) => {
    const image = tf.reshape(x as tf.Tensor, [rows, 1, 1, channels]);
    const none = tf.zeros([channels]);
    const inputs = [image, g, b, none, none];
    const forward = [...attributes, average];
    const [y, mean, variance, ...reserved] = native.executeMultipleOutputs('FusedBatchNormV3', forward, inputs, 6);
    // TensorFlow reports the unbiased variance; Keras averages the biased one.
    options.onStatistics(mean as tf.Tensor1D, tf.mul(variance, (rows - 1) / rows) as tf.Tensor1D);
    const saveTensors = save as tf.GradSaveFunc;
    saveTensors([image, g as tf.Tensor, ...reserved]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const dyImage = tf.reshape(dy, [rows, 1, 1, channels]);
      const backward = [dyImage, ...saved];
      const [dx, dGamma, dBeta] = native.executeMultipleOutputs('FusedBatchNormGradV3', attributes, backward, 5);
      return [tf.reshape(dx, [rows, channels]), dGamma, dBeta];
    };
    return { value: tf.reshape(y, [rows, channels]), gradFunc };
  });
  return operation(options.input, options.gamma, options.beta) as tf.Tensor2D;
}
