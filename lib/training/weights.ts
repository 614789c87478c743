/** Model weights as plain arrays, and as text for JSON. */
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

/** All weights of a model, also non-trainable ones. The model owns them. */
export function modelVariables(model: tf.LayersModel): tf.Variable[] {
  return model.weights.map((weight) => weight.read() as tf.Variable);
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
