/** Prediction of rows without training. */
import { tf, valuesOf } from '../tensorflow';
import type { Dataset } from './dataset';
import { PROBABILITY_MARGIN } from './loss';

/** Rows per forward pass: bounds the memory. */
const ROWS_AT_ONCE = 512;

/** Probabilities of every row, [rows × classes]. */
export function predictRows(model: tf.LayersModel, data: Dataset): Float32Array {
  const classes = model.outputs[0].shape.at(-1) ?? 0;
  const probabilities = new Float32Array(data.labels.length * classes);
  const size = data.frames * data.coefficients;
  for (let start = 0; start < data.labels.length; start += ROWS_AT_ONCE) {
    const end = Math.min(data.labels.length, start + ROWS_AT_ONCE);
    const shape: [number, number, number, number] = [end - start, data.frames, data.coefficients, 1];
    const outputs = valuesOf(() => {
      const input = tf.tensor4d(data.features.subarray(start * size, end * size), shape);
      return model.apply(input, { training: false }) as tf.Tensor;
    });
    probabilities.set(outputs, start * classes);
  }
  return probabilities;
}

/** Mean cross-entropy and accuracy of a model's predictions. */
export function evaluateModel(model: tf.LayersModel, data: Dataset): { loss: number; accuracy: number } {
  const probabilities = predictRows(model, data);
  const classes = probabilities.length / data.labels.length;
  let [loss, correct] = [0, 0];
  data.labels.forEach((label, row) => {
    const outputs = probabilities.subarray(row * classes, (row + 1) * classes);
    loss -= Math.log(Math.min(Math.max(outputs[label], PROBABILITY_MARGIN), 1 - PROBABILITY_MARGIN));
    if (outputs.every((value) => value <= outputs[label])) correct++;
  });
  return { loss: loss / data.labels.length, accuracy: correct / data.labels.length };
}
