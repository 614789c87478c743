/** The models of fixtures/keras-files.py, and how to hold those that were read to what Keras says of them. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { readJson } from '../../files';
import type { KerasOptimizer } from '../../layers/keras/optimizer-state';
import { tf } from '../../tensorflow';
import { AdamW } from '../../training/optimizer';
import { trainableVariables } from '../../training/weights';
import { fixtures, largestDifference } from './golden-signals';

export const kerasFiles = path.join(fixtures, 'keras-files');

/** Sum, first and last value of a variable. */
type Summary = [number, number, number];

/** What Keras says of a model. */
export interface ToldModel {
  /** What it predicts from `wave`s, output by output. */
  outputs: number[][];
  /** Its trainable variables. */
  trainable: Summary[];
  /** Steps its optimiser has taken. */
  step?: number;
  /** The variables after one more step, with `wave`s for gradients. */
  next?: Summary[];
}

export const readGolden = (folder: string): { tool: string; models: Record<string, ToldModel> } =>
  readJson(path.join(folder, 'golden.json'));

/** Numbers that Python makes too. */
export function wave(shape: readonly number[], offset: number): Float32Array {
  const size = shape.reduce((product, length) => product * length, 1);
  return Float32Array.from({ length: size }, (_, i) => Math.sin(0.37 * i + offset));
}

/** What a model predicts from `wave`s, two rows. */
export function predictWaves(model: tf.LayersModel): number[][] {
  const rows = tf.tidy(() => {
    const inputs = model.inputs.map(({ shape }, index) => {
      const full = [2, ...(shape.slice(1) as number[])];
      return tf.tensor(wave(full, 1 + index), full);
    });
    const outputs = model.predict(inputs);
    return (Array.isArray(outputs) ? outputs : [outputs]).map((output) => tf.keep(output));
  });
  return rows.map((row) => {
    const values = Array.from(row.dataSync());
    row.dispose();
    return values;
  });
}

/** Asserts that a model predicts what it should, within 1e-5. */
export function assertPredicts(model: tf.LayersModel, expected: number[][], name: string): void {
  const outputs = predictWaves(model);
  assert.equal(outputs.length, expected.length);
  outputs.forEach((output, index) => {
    assert.equal(output.length, expected[index].length, name);
    const difference = largestDifference(output, expected[index]);
    assert.ok(difference < 1e-5, `${name}: ${difference}`);
  });
}

/** Asserts that variables are those that Keras has, in its order. */
export function assertVariables(model: tf.LayersModel, expected: Summary[], name: string): void {
  const variables = trainableVariables(model).map((variable) => variable.dataSync<'float32'>());
  assertSummaries(variables, expected, { name, within: 1e-4 });
}

/** Asserts that arrays have these summaries. */
export function assertSummaries(
  arrays: readonly Float32Array[],
  expected: Summary[],
  { name, within }: { name: string; within: number },
): void {
  assert.equal(arrays.length, expected.length, name);
  arrays.forEach((values, index) => {
    const summary = [values.reduce((sum, value) => sum + value, 0), values[0], values[values.length - 1]];
    const difference = largestDifference(summary, expected[index]);
    assert.ok(difference < within, `${name}, array ${index}: ${summary}, not ${expected[index]}`);
  });
}

/** Resumes a file's optimiser for one step with `wave`s as gradients. */
export function takeStep(model: tf.LayersModel, { options, step, slots }: KerasOptimizer): AdamW {
  const variables = trainableVariables(model);
  const optimizer = new AdamW(variables, options);
  optimizer.restore(step, slots);
  tf.tidy(() => {
    optimizer.apply(
      Object.fromEntries(variables.map(({ name, shape }, index) => [name, tf.tensor(wave(shape, index), shape)])),
    );
  });
  return optimizer;
}
