import assert from 'node:assert/strict';
import test from 'node:test';
import { type GruRecurrenceOptions, gruRecurrence } from '../../layers/kernels/gru';
import { lstmSequence } from '../../layers/kernels/lstm';
import { addBias, batchNormalise, relu } from '../../layers/kernels/pointwise';
import { Random } from '../../random';
import { tf } from '../../tensorflow';
import { largestDifference } from '../support/golden-signals';

/** Values and gradients of Σ output · weights, on one backend; the inputs are plain arrays. */
interface Outcome {
  output: Float32Array;
  gradients: Float32Array[];
}
type Shaped = { values: Float32Array; shape: number[] };

function draw(random: Random, shape: number[], scale = 1): Shaped {
  const length = shape.reduce((product, n) => product * n, 1);
  return { values: Float32Array.from({ length }, () => scale * random.normal()), shape };
}

async function outcome(
  backend: string,
  inputs: Shaped[],
  weights: Shaped,
  compute: (tensors: tf.Tensor[]) => tf.Tensor,
): Promise<Outcome> {
  await tf.setBackend(backend);
  try {
    const tensors = inputs.map(({ values, shape }) => tf.tensor(values, shape));
    const scale = tf.tensor(weights.values, weights.shape);
    const output = compute(tensors);
    const gradients = tf.grads((...xs: tf.Tensor[]) => tf.sum(tf.mul(compute(xs), scale)))(tensors);
    return {
      output: (await output.data()) as Float32Array,
      gradients: await Promise.all(gradients.map(async (gradient) => (await gradient.data()) as Float32Array)),
    };
  } finally {
    await tf.setBackend('tensorflow');
  }
}

function assertSame(actual: Outcome, expected: Outcome): void {
  const bound = (values: Float32Array): number => 1e-5 + 1e-4 * Math.max(...values.map(Math.abs));
  assert.ok(largestDifference(actual.output, expected.output) <= bound(expected.output), 'values');
  expected.gradients.forEach((gradient, i) => {
    const difference = largestDifference(actual.gradients[i], gradient);
    assert.ok(difference <= bound(gradient), `gradient ${i}: ${difference}`);
  });
}

test('the layers name the backend that they need', async () => {
  await tf.setBackend('cpu');
  assert.throws(() => addBias(tf.ones([1, 1]), tf.ones([1])), /the backend must be "tensorflow", got "cpu"/);
  await tf.setBackend('tensorflow');
});

test('lstmSequence gives the same values and gradients fused as by stock operations, over random shapes', async () => {
  const random = new Random(1);
  for (let round = 0; round < 8; round++) {
    const [time, clips] = [random.integer(1, 9), random.integer(1, 5)];
    const [features, units] = [random.integer(1, 7), random.integer(1, 6)];
    const inputs = [
      draw(random, [time, clips, features]),
      draw(random, [features, 4 * units], 0.5),
      draw(random, [units, 4 * units], 0.5),
      draw(random, [4 * units], 0.5),
    ];
    const weights = draw(random, [time, clips, units]);
    const fused = await outcome('tensorflow', inputs, weights, lstmOf);
    assertSame(fused, await outcome('cpu', inputs, weights, stockLstm));
  }
});

function lstmOf(tensors: tf.Tensor[]): tf.Tensor {
  const [input, kernel, recurrent, bias] = tensors as [tf.Tensor3D, tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
  return lstmSequence({ input, kernel, recurrent, bias });
}

/** The same by tfjs's own operations. */
function stockLstm([input, kernel, recurrent, bias]: tf.Tensor[]): tf.Tensor {
  const [time, clips, features] = input.shape;
  const units = recurrent.shape[0];
  let [hidden, cell]: tf.Tensor[] = [tf.zeros([clips, units]), tf.zeros([clips, units])];
  const outputs = Array.from({ length: time }, (_, t) => {
    const frame = tf.reshape(tf.slice(input, [t, 0, 0], [1, clips, features]), [clips, features]);
    const gates = tf.add(tf.add(tf.matMul(frame, kernel), tf.matMul(hidden, recurrent)), bias);
    const [entry, forget, candidate, exit] = tf.split(gates, 4, 1);
    const kept = tf.mul(tf.sigmoid(forget), cell);
    cell = tf.add(kept, tf.mul(tf.sigmoid(entry), tf.tanh(candidate)));
    hidden = tf.mul(tf.sigmoid(exit), tf.tanh(cell));
    return hidden;
  });
  return tf.stack(outputs);
}

function stockGru({ projected, recurrent, recurrentBias, backwards = false }: GruRecurrenceOptions): tf.Tensor {
  const [clips, time] = projected.shape;
  const units = recurrent.shape[0];
  let hidden: tf.Tensor = tf.zeros([clips, units]);
  const outputs = new Array<tf.Tensor>(time);
  for (let step = 0; step < time; step++) {
    const t = backwards ? time - 1 - step : step;
    const frame = tf.reshape(tf.slice(projected, [0, t, 0], [clips, 1, 3 * units]), [clips, 3 * units]);
    const [az, ar, ah] = tf.split(frame, 3, 1);
    const [bz, br, bh] = tf.split(tf.add(tf.matMul(hidden, recurrent), recurrentBias), 3, 1);
    const update = tf.sigmoid(tf.add(az, bz));
    const candidate = tf.tanh(tf.add(ah, tf.mul(tf.sigmoid(tf.add(ar, br)), bh)));
    hidden = tf.add(candidate, tf.mul(update, tf.sub(hidden, candidate)));
    outputs[t] = hidden;
  }
  return tf.stack(outputs, 1);
}

function gruOf(tensors: tf.Tensor[]): tf.Tensor {
  const [projected, recurrent, recurrentBias] = tensors as [tf.Tensor3D, tf.Tensor2D, tf.Tensor1D];
  return gruRecurrence({ projected, recurrent, recurrentBias });
}

test('gruRecurrence gives the same values and gradients fused as by stock operations, over random shapes', async () => {
  const random = new Random(4);
  for (let round = 0; round < 8; round++) {
    // Few clips are run in plain loops, from five on by TensorFlow.
    const [time, clips, units] = [random.integer(1, 9), 1 + round, random.integer(1, 6)];
    const inputs = [
      draw(random, [clips, time, 3 * units]),
      draw(random, [units, 3 * units], 0.5),
      draw(random, [3 * units], 0.5),
    ];
    const weights = draw(random, [clips, time, units]);
    const optionsOf = ([projected, recurrent, recurrentBias]: tf.Tensor[]): GruRecurrenceOptions => ({
      projected: projected as tf.Tensor3D,
      recurrent: recurrent as tf.Tensor2D,
      recurrentBias: recurrentBias as tf.Tensor1D,
      backwards: round % 2 === 1,
    });
    const fused = await outcome('tensorflow', inputs, weights, (tensors) => gruRecurrence(optionsOf(tensors)));
    assertSame(fused, await outcome('cpu', inputs, weights, (tensors) => stockGru(optionsOf(tensors))));
  }
});

test('few clips are run in plain loops, but by a training as many are', () => {
  const random = new Random(7);
  const [time, units] = [7, 5];
  const rows = draw(random, [6, time, 3 * units]);
  const recurrent = tf.tensor2d(draw(random, [units, 3 * units], 0.5).values, [units, 3 * units]);
  const recurrentBias = tf.tensor1d(draw(random, [3 * units], 0.5).values);
  const outputs = (clips: number, training: boolean): Float32Array =>
    tf.tidy(() => {
      const projected = tf.tensor3d(rows.values.subarray(0, clips * time * 3 * units), [clips, time, 3 * units]);
      return gruRecurrence({ projected, recurrent, recurrentBias, training })
        .dataSync()
        .slice(0, 2 * time * units);
    }) as Float32Array;
  assert.deepEqual(outputs(6, true), outputs(6, false));
  assert.notDeepEqual(outputs(2, true), outputs(2, false), 'plain loops round otherwise');
  assert.ok(largestDifference(outputs(2, true), outputs(2, false)) < 1e-6);
  tf.dispose([recurrent, recurrentBias]);
});

test('relu and addBias give the same values and gradients fused as by stock operations', async () => {
  const random = new Random(5);
  for (const shape of [
    [7, 3],
    [2, 4, 5, 6],
    [1, 1],
  ]) {
    const inputs = [draw(random, shape), draw(random, [shape[shape.length - 1]])];
    const weights = draw(random, shape);
    const compute = ([x, b]: tf.Tensor[]): tf.Tensor => relu(addBias(x, b as tf.Tensor1D));
    const fused = await outcome('tensorflow', inputs, weights, compute);
    assertSame(fused, await outcome('cpu', inputs, weights, ([x, b]) => tf.relu(tf.add(x, b))));
  }
});

test('raw operations free all that they make, an error included', () => {
  const random = new Random(6);
  // Two clips are run in plain loops forward, six by TensorFlow.
  for (const clips of [2, 6]) {
    const tensors = [[clips, 5, 6], [2, 6], [6]].map((shape) => tf.tensor(draw(random, shape).values, shape));
    const run = (): void => {
      const [projected, recurrent, recurrentBias] = tensors as [tf.Tensor3D, tf.Tensor2D, tf.Tensor1D];
      tf.tidy(() => {
        tf.grad((x: tf.Tensor) => tf.sum(gruRecurrence({ projected: x as tf.Tensor3D, recurrent, recurrentBias })))(
          projected,
        );
      });
    };
    run(); // the first use of a tensor hands it over
    const before = liveTensors();
    run();
    assert.equal(liveTensors(), before);
    const wrong = tf.zeros([2, 5]);
    assert.throws(() => addBias(tensors[0], wrong as unknown as tf.Tensor1D));
    wrong.dispose();
    assert.equal(liveTensors(), before);
    tf.dispose(tensors);
  }
});

/** Tensors that TensorFlow itself holds, those that tfjs does not know of included. */
function liveTensors(): number {
  return (tf.backend() as unknown as { binding: { getNumOfTensors(): number } }).binding.getNumOfTensors();
}

test('recurrences have the gradients that finite differences show', () => {
  const random = new Random(2);
  const step = 1e-2;
  for (const [recurrence, shapes] of [
    [lstmOf, [[3, 2, 3], [3, 8], [2, 8], [8]]],
    [gruOf, [[2, 3, 6], [2, 6], [6]]],
    [gruOf, [[5, 3, 6], [2, 6], [6]]],
  ] as const) {
    const inputs = shapes.map((shape) => draw(random, [...shape]));
    const loss = (tensors: tf.Tensor[]): tf.Scalar => tf.sum(tf.square(recurrence(tensors)));
    const tensorsOf = (values: Float32Array[]): tf.Tensor[] => values.map((v, i) => tf.tensor(v, inputs[i].shape));
    const value = (values: Float32Array[]): number => tf.tidy(() => loss(tensorsOf(values)).dataSync()[0]);
    const points = inputs.map(({ values }) => values);
    const gradients = tf.tidy(() => {
      const all = tf.grads((...xs: tf.Tensor[]) => loss(xs))(tensorsOf(points));
      return all.map((gradient) => gradient.arraySync()).flat(3) as number[];
    });
    let place = 0;
    for (const [which, values] of points.entries()) {
      for (let i = 0; i < values.length; i++, place++) {
        const moved = [step, -step].map((by) =>
          value(points.map((v, k) => (k === which ? v.map((x, j) => (j === i ? x + by : x)) : v))),
        );
        const numeric = (moved[0] - moved[1]) / (2 * step);
        assert.ok(Math.abs(numeric - gradients[place]) < 3e-3, `${which}, ${i}: ${numeric} and ${gradients[place]}`);
      }
    }
    assert.equal(place, gradients.length);
  }
});

test('batchNormalise gives the same values, gradients and statistics fused as by stock operations', async () => {
  const random = new Random(3);
  for (const [rows, channels] of [
    [2, 1],
    [17, 3],
    [64, 8],
  ]) {
    const inputs = [draw(random, [rows, channels], 2), draw(random, [channels]), draw(random, [channels])];
    const weights = draw(random, [rows, channels]);
    const statistics: number[][] = [];
    const compute = ([input, gamma, beta]: tf.Tensor[]): tf.Tensor =>
      batchNormalise({
        input: input as tf.Tensor2D,
        gamma: gamma as tf.Tensor1D,
        beta: beta as tf.Tensor1D,
        epsilon: 1e-3,
        onStatistics: (mean, variance) => {
          statistics.push([...mean.dataSync(), ...variance.dataSync()]);
        },
      });
    const fused = await outcome('tensorflow', inputs, weights, compute);
    const stock = await outcome('cpu', inputs, weights, ([input, gamma, beta]) => {
      const { mean, variance } = tf.moments(input, 0);
      statistics.push([...mean.dataSync(), ...variance.dataSync()]);
      const normalised = tf.div(tf.sub(input, mean), tf.sqrt(tf.add(variance, 1e-3)));
      return tf.add(tf.mul(normalised, gamma), beta);
    });
    assertSame(fused, stock);
    assert.ok(largestDifference(statistics[0], statistics[statistics.length - 1]) < 1e-5, 'mean and variance');
  }
});
