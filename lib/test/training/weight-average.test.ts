import assert from 'node:assert/strict';
import test from 'node:test';
import { tf } from '../../tensorflow';
import { fit } from '../../training/fit';
import { evaluateModel } from '../../training/predict-rows';
import { assignWeights, copyWeights, WeightAverage } from '../../training/weights';
import { furthest, golden } from '../support/keras-golden';
import { toyData, toyModel } from '../support/toy-training';

const { start, shapes, cases } = golden.optimizer;
const names = Object.keys(start);
const makeVariables = (): tf.Variable[] =>
  names.map((name) => tf.tidy(() => tf.variable(tf.tensor(start[name], shapes[name]))));
const set = (variables: tf.Variable[], values: number[][]): void =>
  assignWeights(
    variables,
    values.map((numbers) => Float32Array.from(numbers)),
  );

test("the average is Keras's use_ema after every step", () => {
  const averaged = cases.filter(({ options }) => options.use_ema);
  assert.ok(averaged.length > 0);
  for (const { options, weights, averages } of averaged) {
    const variables = makeVariables();
    const average = new WeightAverage(variables, options.ema_momentum ?? Number.NaN);
    weights.forEach((values, step) => {
      set(variables, values);
      average.update();
      average.apply();
      variables.forEach((variable, index) => {
        const difference = furthest(variable.dataSync(), averages[step][index]);
        assert.ok(difference < 1e-6, `step ${step}: variable ${index} is ${difference} off`);
      });
      average.undo();
    });
    tf.dispose(variables);
  }
});

test('undo brings back the trained weights, bit for bit, and no tensor stays', () => {
  const variables = makeVariables();
  const before = tf.memory().numTensors;
  const average = new WeightAverage(variables, 0.5);
  average.update();
  set(
    variables,
    names.map((name) => start[name].map((value) => 2 * value)),
  );
  average.update();
  const trained = copyWeights(variables);
  average.apply();
  assert.notDeepEqual(copyWeights(variables), trained);
  average.undo();
  assert.deepEqual(copyWeights(variables), trained);
  assert.equal(tf.memory().numTensors, before);
  tf.dispose(variables);
});

test('without an update so far, applying changes nothing', () => {
  const variables = makeVariables();
  const trained = copyWeights(variables);
  const average = new WeightAverage(variables, 0.99);
  average.apply();
  assert.deepEqual(copyWeights(variables), trained);
  tf.dispose(variables);
});

test('an average is restored from its state bit for bit, also through JSON', () => {
  const [one, two] = [makeVariables(), makeVariables()];
  const through = new WeightAverage(one, 0.9);
  const resumed = new WeightAverage(two, 0.9);
  const { weights } = cases[0];
  for (const values of weights.slice(0, 5)) {
    set(one, values);
    through.update();
  }
  resumed.restore(JSON.parse(JSON.stringify(through.state())));
  for (const values of weights.slice(5)) {
    set(one, values);
    set(two, values);
    through.update();
    resumed.update();
  }
  assert.deepEqual(resumed.state(), through.state());
  tf.dispose([one, two]);
});

test('fit validates, keeps and returns the average', async () => {
  const model = toyModel();
  const validation = toyData(30, 2);
  const kept: Float32Array[][] = [];
  const { epochs } = await fit(model, {
    ...{ train: toyData(60, 1), validation, epochs: 3, batchSize: 16, learningRate: 0.01, weightAverage: 0.95 },
    callbacks: [{ name: 'spy', onEpochEnd: () => void kept.push(copyWeights(model.getWeights())) }],
  });
  assert.deepEqual(copyWeights(model.getWeights()), kept.at(-1));
  assert.equal(evaluateModel(model, validation).loss, epochs.at(-1)?.valLoss);
  const plain = toyModel();
  await fit(plain, { train: toyData(60, 1), validation, epochs: 3, batchSize: 16, learningRate: 0.01 });
  assert.notDeepEqual(copyWeights(plain.getWeights()), kept.at(-1));
  for (const made of [model, plain]) made.dispose();
});

test('WeightAverage refuses another momentum and another model', () => {
  const variables = makeVariables();
  const refuses = (run: () => unknown, message: RegExp): void => assert.throws(run, { name: 'RangeError', message });
  refuses(() => new WeightAverage(variables, 1.1), /momentum must be 0 to 1, got 1.1/);
  const average = new WeightAverage(variables, 0.99);
  average.update();
  const applied = (others: tf.Variable[]) => () => {
    const other = new WeightAverage(others, 0.99);
    other.restore(average.state());
    other.apply();
  };
  refuses(applied([variables[0]]), /there must be 1 arrays of weights, got 2/);
  refuses(applied([...variables].reverse()), /must have \d+ values, got \d+/);
  tf.dispose(variables);
});
