/** Errors in model files. */
import { SerError } from '../../errors';

/** A rule that a model or its file breaks, in words, with the way out. `named` makes a SerError of it. */
export class ModelFault extends Error {}

/**
 * Runs a step of reading or writing; whatever goes wrong in it ends in one typed error that names the file.
 *
 * @param caller the function that the error names
 * @param file as the user gave it
 * @throws SerError `bad-model`
 */
export async function named<T>(caller: string, file: string, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const rule = cause instanceof ModelFault || cause instanceof SerError ? reason : `${UNFORESEEN} (${reason})`;
    throw new SerError('bad-model', `${caller}: ${rule}; the file is "${file}"`, { cause });
  }
}

const UNFORESEEN = 'the file does not make a whole model; save it again with Keras, or check how it was copied';

/** Runs a step that concerns one layer; errors of TensorFlow's get the layer's name. */
export function inLayer<T>(layer: string, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    if (cause instanceof ModelFault) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ModelFault(`${layer} cannot be built as the file describes it (${reason})`, { cause });
  }
}
