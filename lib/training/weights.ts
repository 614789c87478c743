/** Model weights as plain arrays, as text for JSON, and averaged over the steps of a training. */
import { tf } from '../tensorflow';

/** Copies the values of variables. */
export function copyWeights(tensors: readonly tf.Tensor[]): Float32Array[] {
  // A tensor not yet read by any operation returns its own memory.
  return tensors.map((tensor) => tensor.dataSync<'float32'>().slice());
}

/**
 * Assigns values to variables.
 *
 * @throws RangeError if the number of arrays or a size does not match the variables
 */
export function assignWeights(variables: readonly tf.Variable[], values: readonly Float32Array[]): void {
  if (values.length !== variables.length) {
    throw new RangeError(`assignWeights: there must be ${variables.length} arrays of weights, got ${values.length}`);
  }
  variables.forEach(({ name, size }, index) => {
    if (values[index].length !== size) {
      throw new RangeError(`assignWeights: "${name}" must have ${size} values, got ${values[index].length}`);
    }
  });
  variables.forEach((variable, index) => {
    const tensor = tf.tensor(values[index].slice(), variable.shape);
    variable.assign(tensor);
    tensor.dispose();
  });
}

/** Trainable variables, in the model's order. The model owns them. */
export function trainableVariables(model: tf.LayersModel): tf.Variable[] {
  return model.trainableWeights.map((weight) => weight.read() as tf.Variable);
}

/** Encodes values as base64 of little-endian float32, without loss. */
export function encodeWeights(values: readonly Float32Array[]): string[] {
  return values.map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
  );
}

/** Decodes the output of `encodeWeights`. */
export function decodeWeights(texts: readonly string[]): Float32Array[] {
  return texts.map((text) => new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer));
}

/**
 * Exponential moving average of a model's weights, which often generalises better than the last weights.
 *
 * average ← momentum · average + (1 − momentum) · weights, after every step; the first update takes the weights.
 *
 * The same as Keras's `use_ema` (test/training/weight-average.test.ts). The variables stay the caller's; no tensors are held.
 */
export class WeightAverage {
  private averages: Float32Array[] = [];
  /** Trained weights, saved by `apply`. */
  private trained: Float32Array[] = [];

  /**
   * @param momentum share of the previous average that each update keeps, from 0 to 1
   * @throws RangeError if the momentum is not from 0 to 1
   */
  constructor(
    private readonly variables: readonly tf.Variable[],
    private readonly momentum: number,
  ) {
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new RangeError(`WeightAverage: momentum must be 0 to 1, got ${momentum}`);
    }
  }

  /** Updates the average; call it after each step. */
  update(): void {
    if (this.averages.length === 0) {
      this.averages = copyWeights(this.variables);
      return;
    }
    const { momentum } = this;
    this.averages.forEach((average, index) => {
      const weights = this.variables[index].dataSync<'float32'>();
      for (let i = 0; i < average.length; i++) average[i] = momentum * average[i] + (1 - momentum) * weights[i];
    });
  }

  /** Replaces the weights by the average, until `undo`. No effect before the first update. */
  apply(): void {
    this.trained = copyWeights(this.variables);
    if (this.averages.length > 0) assignWeights(this.variables, this.averages);
  }

  /** Restores the trained weights. */
  undo(): void {
    assignWeights(this.variables, this.trained);
  }

  /** State for resuming. */
  state(): string[] {
    return encodeWeights(this.averages);
  }

  /** Restores the `state()` of another average of the same variables. */
  restore(state: readonly string[]): void {
    this.averages = decodeWeights(state);
  }
}
