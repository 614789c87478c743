import assert from 'node:assert/strict';
import test from 'node:test';
import { tf } from '../../tensorflow';
import { AdamW, type AdamWOptions } from '../../training/optimizer';
import { furthest, golden, type KerasOptimizerOptions } from '../support/keras-golden';

const { start, shapes, gradients } = golden.optimizer;
const cases = golden.optimizer.cases.filter(({ exclude }) => exclude.length === 0);
const names = Object.keys(start);

/** The golden problem's variables, fresh. */
function makeVariables(): tf.Variable[] {
  return names.map((name) => {
    const tensor = tf.tensor(start[name], shapes[name]);
    const variable = tf.variable(tensor, true, `${name}-${count++}`);
    tensor.dispose();
    return variable;
  });
}
let count = 0;

function takeStep(optimizer: AdamW, variables: tf.Variable[], step: number): void {
  tf.tidy(() => {
    const tensors = names.map((name) => tf.tensor(gradients[step][name], shapes[name]));
    optimizer.apply(Object.fromEntries(variables.map(({ name }, index) => [name, tensors[index]])));
  });
}

const fromKeras = (options: KerasOptimizerOptions): AdamWOptions => ({
  learningRate: options.learning_rate,
  beta1: options.beta_1 ?? 0.9,
  beta2: options.beta_2 ?? 0.999,
  epsilon: options.epsilon ?? 1e-7,
  weightDecay: options.weight_decay ?? 0,
  clipNorm: options.clipnorm,
  globalClipNorm: options.global_clipnorm,
});

test("AdamW takes Keras's steps with decay, clipping and a rate that changes, and ends with its slots", () => {
  for (const { options, weights, slots } of cases) {
    const variables = makeVariables();
    const optimizer = new AdamW(variables, fromKeras(options));
    weights.forEach((expected, step) => {
      if (step === 6) optimizer.learningRate /= 2;
      takeStep(optimizer, variables, step);
      variables.forEach((variable, index) => {
        const difference = furthest(variable.dataSync(), expected[index]);
        assert.ok(difference < 1e-6, `${JSON.stringify(options)}, step ${step}: ${variable.name} is ${difference} off`);
      });
    });
    assert.equal(optimizer.step, weights.length);
    assert.deepEqual(Object.keys(slots), [
      'dense_kernel_momentum',
      'dense_kernel_velocity',
      'dense_bias_momentum',
      'dense_bias_velocity',
    ]);
    Object.values(slots).forEach((expected, index) => {
      assert.deepEqual(optimizer.slots()[index].shape, variables[index >> 1].shape);
      assert.ok(furthest(optimizer.slots()[index].values, expected) < 1e-6, JSON.stringify(options));
    });
    tf.dispose(variables);
  }
});

test('an optimiser restored in the middle goes on bit for bit', () => {
  const through = makeVariables();
  const optimizer = new AdamW(through, { weightDecay: 0.01 });
  for (let step = 0; step < 5; step++) takeStep(optimizer, through, step);
  const resumed = makeVariables();
  resumed.forEach((variable, index) => {
    variable.assign(through[index]);
  });
  const second = new AdamW(resumed, { weightDecay: 0.01 });
  second.restore(optimizer.step, optimizer.slots());
  for (let step = 5; step < 12; step++) {
    takeStep(optimizer, through, step);
    takeStep(second, resumed, step);
  }
  through.forEach((variable, index) => {
    assert.deepEqual(resumed[index].dataSync(), variable.dataSync());
  });
  tf.dispose([through, resumed]);
});

test('a step leaves no tensors behind and its gradients alone', () => {
  const variables = makeVariables();
  const optimizer = new AdamW(variables, { globalClipNorm: 1e-3 });
  const tensors = variables.map(({ shape }) => tf.fill(shape, 2));
  const before = tf.memory().numTensors;
  for (let step = 0; step < 20; step++) {
    optimizer.apply(Object.fromEntries(variables.map(({ name }, index) => [name, tensors[index]])));
  }
  assert.equal(tf.memory().numTensors, before);
  assert.ok(tensors.every((tensor) => tensor.dataSync().every((value) => value === 2)));
  tf.dispose([variables, tensors]);
});

test('weights read before a step keep their values', () => {
  const variables = makeVariables();
  const optimizer = new AdamW(variables);
  takeStep(optimizer, variables, 0);
  const read = variables[0].dataSync();
  const copy = read.slice();
  takeStep(optimizer, variables, 1);
  assert.deepEqual(read, copy);
  assert.notDeepEqual(variables[0].dataSync(), copy);
  tf.dispose(variables);
});

test('a gradient that is not a number shows in the weights, clipped or not', () => {
  for (const options of [{}, { clipNorm: 1 }, { globalClipNorm: 1 }]) {
    const variable = tf.variable(tf.ones([2]));
    const gradient = tf.tensor1d([Number.NaN, 1]);
    new AdamW([variable], options).apply({ [variable.name]: gradient });
    assert.ok(Number.isNaN(variable.dataSync()[0]), JSON.stringify(options));
    tf.dispose([variable, gradient]);
  }
});

test('variables whose names begin with a prefix learn at a share of the rate', () => {
  const options = { learningRate: 0.1, weightDecay: 0.5 };
  const stepOf = (learning: AdamWOptions): number[] => {
    const [slow, usual] = ['slow/kernel', 'usual/kernel'].map((name) =>
      tf.variable(tf.scalar(1), true, `${name}-${count++}`),
    );
    const gradient = tf.scalar(2);
    new AdamW([slow, usual], learning).apply({ [slow.name]: gradient, [usual.name]: gradient });
    const moved = [slow, usual].map((variable) => 1 - variable.dataSync()[0]);
    tf.dispose([slow, usual, gradient]);
    return moved;
  };
  const [slow, usual] = stepOf({ ...options, rates: { 'slow/': 0.2 } });
  assert.ok(Math.abs(slow - 0.2 * usual) < 1e-6, `${slow} of ${usual}`);
  assert.deepEqual(stepOf(options)[0], stepOf(options)[1]);
});

test('AdamW refuses options, gradients and slots that do not fit', () => {
  const variables = makeVariables();
  const message = (options: AdamWOptions, expected: RegExp): void =>
    assert.throws(() => new AdamW(variables, options), { name: 'RangeError', message: expected });
  message({ learningRate: 0 }, /AdamW: learningRate must be above 0, got 0/);
  message({ beta1: 1 }, /AdamW: beta1 must be 0 or more and below 1, got 1/);
  message({ beta2: -0.1 }, /beta2 must be .* got -0.1/);
  message({ epsilon: 0 }, /epsilon must be above 0, got 0/);
  message({ weightDecay: -1 }, /weightDecay must be 0 or more, got -1/);
  message({ clipNorm: Number.NaN }, /clipNorm must be above 0, got NaN/);
  message({ clipNorm: 1, globalClipNorm: 2 }, /only one of clipNorm and globalClipNorm may be set, got 1 and 2/);
  const optimizer = new AdamW(variables);
  const refuses = (run: () => void, expected: RegExp): void =>
    assert.throws(run, { name: 'RangeError', message: expected });
  refuses(() => optimizer.apply({}), /every variable must have a gradient, got none for "dense\/kernel/);
  refuses(() => optimizer.restore(-1, optimizer.slots()), /restore: step must be 0 or more, got -1/);
  refuses(() => optimizer.restore(1, []), /this model's optimiser has 4 slots, got 0/);
  refuses(() => optimizer.restore(1, optimizer.slots().reverse()), /slot 0 must hold 6 values, got 2/);
  refuses(() => {
    optimizer.learningRate = Number.NaN;
  }, /learningRate must be 0 or more, got NaN/);
  assert.equal(optimizer.step, 0);
  tf.dispose(variables);
});
