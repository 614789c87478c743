/** A model's weights as plain arrays, and as text that JSON can hold. */
import { tf } from '../tensorflow';

/** Copies of values, variable by variable. */
export function copyWeights(tensors: readonly tf.Tensor[]): Float32Array[] {
  // A tensor that no operation has read yet hands out its own memory.
  return tensors.map((tensor) => tensor.dataSync<'float32'>().slice());
}

/**
 * Gives variables new values.
 *
 * @throws RangeError if there are more or fewer arrays than variables, or one is of another size
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

/** Every weight of a model, those that are not trained included. They stay the model's. */
export function modelVariables(model: tf.LayersModel): tf.Variable[] {
  return model.weights.map((weight) => weight.read() as tf.Variable);
}

/** Values as text: base64 of little-endian single precision, every bit kept. */
export function encodeWeights(values: readonly Float32Array[]): string[] {
  return values.map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
  );
}

/** Decodes the output of `encodeWeights`. */
export function decodeWeights(texts: readonly string[]): Float32Array[] {
  return texts.map((text) => new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer));
}
