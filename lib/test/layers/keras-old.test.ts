/** Models as Keras 2.0 to 2.2 saved them, made here: such versions can no longer be installed. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import type { SerError } from '../../errors';
import { loadKeras } from '../../layers/keras/load';
import { tf } from '../../tensorflow';

type H5wasm = typeof import('h5wasm', { with: { 'resolution-mode': 'import' }});

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-keras-old-'));
after(() => fs.rmSync(folder, { recursive: true }));

let h5wasm: H5wasm;
before(async () => {
  h5wasm = await import('h5wasm');
  await h5wasm.ready;
});

interface Weights {
  shape: number[];
  values: number[];
}

/** A model as `model.save` of Keras 2.0 to 2.2 lays it out: texts of fixed length, weights by the layers' names. */
function savedModel(
  config: unknown,
  layers: Record<string, Record<string, Weights>>,
  { version = '2.1.6', texts = 'fixed' }: { version?: string; texts?: 'fixed' | 'variable' } = {},
): string {
  const file = new h5wasm.File('old.h5', 'w');
  const type = (value: string | string[]): string | undefined =>
    texts === 'fixed' ? `S${Math.max(...[value].flat().map((one) => one.length))}` : undefined;
  const put = (object: InstanceType<H5wasm['Group']>, name: string, value: string | string[]): void =>
    object.create_attribute(name, value, null, type(value));
  if (version) put(file, 'keras_version', version);
  put(file, 'backend', 'tensorflow');
  put(file, 'model_config', JSON.stringify(config));
  const group = file.create_group('model_weights') as InstanceType<H5wasm['Group']>;
  put(group, 'layer_names', Object.keys(layers));
  for (const [layer, weights] of Object.entries(layers)) {
    const own = group.create_group(layer) as InstanceType<H5wasm['Group']>;
    const names = Object.keys(weights);
    if (names.length > 0) put(own, 'weight_names', names);
    else own.create_attribute('weight_names', new Float64Array(0), [0]); // as h5py writes an empty list
    for (const [name, { shape, values }] of Object.entries(weights)) {
      const parent = path.posix.dirname(`model_weights/${layer}/${name}`);
      if (!file.get(parent)) file.create_group(parent);
      file.create_dataset({
        name: `model_weights/${layer}/${name}`,
        data: Float32Array.from(values),
        shape,
        dtype: '<f',
      });
    }
  }
  file.flush();
  file.close();
  const place = path.join(folder, 'old.h5');
  fs.writeFileSync(place, (h5wasm.FS as unknown as { readFile(name: string): Uint8Array }).readFile('old.h5'));
  return place;
}

/** Weights of a dense layer: 0, 1, 2, … and biases 1, −1, … */
function dense(name: string, inputs: number, units: number): Record<string, Weights> {
  return {
    [`${name}/kernel:0`]: { shape: [inputs, units], values: Array.from({ length: inputs * units }, (_, i) => i) },
    [`${name}/bias:0`]: { shape: [units], values: Array.from({ length: units }, (_, i) => (i % 2 === 0 ? 1 : -1)) },
  };
}

const common = { trainable: true, dtype: 'float32' };
const initializer = {
  class_name: 'VarianceScaling',
  config: { scale: 1, mode: 'fan_avg', distribution: 'uniform', seed: null },
};
const first = {
  class_name: 'Dense',
  config: {
    ...{ name: 'dense_1', ...common, batch_input_shape: [null, 3], units: 2, activation: 'linear', use_bias: true },
    ...{
      kernel_initializer: initializer,
      bias_initializer: { class_name: 'Zeros', config: {} },
      kernel_regularizer: null,
    },
  },
};

async function predictions(file: string, input: tf.Tensor): Promise<number[]> {
  const model = await loadKeras(file);
  const output = model.predict(input) as tf.Tensor;
  const values = Array.from(output.dataSync());
  tf.dispose([output, input]);
  model.dispose();
  return values;
}

test('loadKeras reads a Sequential model whose config is the list of its layers, as before Keras 2.2.3', async () => {
  for (const texts of ['fixed', 'variable'] as const) {
    for (const version of ['2.1.6', '2.0.0', '']) {
      const file = savedModel(
        { class_name: 'Sequential', config: [first] },
        { dense_1: dense('dense_1', 3, 2) },
        { version, texts },
      );
      assert.deepEqual(await predictions(file, tf.ones([1, 3])), [7, 8], `${texts} ${version}`);
    }
  }
});

test('loadKeras reads a Reshape with one size left open', async () => {
  const reshape = (shape: number[], target: number[], extra = {}): object => ({
    class_name: 'Reshape',
    config: { name: 'reshape_1', ...common, batch_input_shape: [null, ...shape], target_shape: target, ...extra },
  });
  const values = Array.from({ length: 12 }, (_, i) => i);
  for (const target of [[-1, 3], [4, -1], [2, -1, 2], [-1]]) {
    const last = { class_name: 'Flatten', config: { name: 'flatten_1', trainable: true } };
    const file = savedModel(
      { class_name: 'Sequential', config: [reshape([2, 6], target), last] },
      { reshape_1: {}, flatten_1: {} },
    );
    assert.deepEqual(await predictions(file, tf.tensor(values, [1, 2, 6])), values, `${target}`);
    const open = savedModel({ class_name: 'Sequential', config: [reshape([2, 6], target)] }, { reshape_1: {} });
    const model = await loadKeras(open);
    const sizes = target.map((size) => (size === -1 ? -12 / target.reduce((product, n) => product * n, 1) : size));
    assert.deepEqual(model.outputs[0].shape, [null, ...sizes]);
    model.dispose();
  }
});

test('loadKeras reads a ReLU whose numbers Keras 2.2 held as arrays', async () => {
  const relu = {
    class_name: 'ReLU',
    config: {
      ...{ name: 're_lu_1', ...common, max_value: { type: 'ndarray', value: 6 } },
      ...{ negative_slope: { type: 'ndarray', value: 0 }, threshold: { type: 'ndarray', value: 0 } },
    },
  };
  const file = savedModel(
    { class_name: 'Sequential', config: [first, relu] },
    { dense_1: dense('dense_1', 3, 2), re_lu_1: {} },
  );
  assert.deepEqual(await predictions(file, tf.ones([1, 3])), [6, 6]);
});

test('loadKeras reads a functional model of Keras 2.0 and wrapped first layers', async () => {
  const input = {
    class_name: 'InputLayer',
    name: 'input_1',
    inbound_nodes: [],
    config: { batch_input_shape: [null, 3], dtype: 'float32', sparse: false, name: 'input_1' },
  };
  const { batch_input_shape: _, ...inner } = first.config;
  const layer = { ...first, config: inner, name: 'dense_1', inbound_nodes: [[['input_1', 0, 0, {}]]] };
  const functional = {
    name: 'model_1',
    layers: [input, layer],
    input_layers: [['input_1', 0, 0]],
    output_layers: [['dense_1', 0, 0]],
  };
  const file = savedModel(
    { class_name: 'Model', config: functional },
    { input_1: {}, dense_1: dense('dense_1', 3, 2) },
  );
  assert.deepEqual(await predictions(file, tf.ones([1, 3])), [7, 8]);
  const wrapped = {
    class_name: 'TimeDistributed',
    config: {
      name: 'time_distributed_1',
      ...common,
      batch_input_shape: [null, 2, 3],
      layer: { class_name: 'Dense', config: inner },
    },
  };
  const weights = { time_distributed_1: dense('time_distributed_1', 3, 2) };
  const sequence = savedModel({ class_name: 'Sequential', config: [wrapped] }, weights);
  assert.deepEqual(await predictions(sequence, tf.ones([1, 2, 3])), [7, 8, 7, 8]);
});

test('loadKeras refuses a file of Keras 1, and layers without a counterpart, by name', async () => {
  const refuses = (file: string, message: RegExp): Promise<void> =>
    assert.rejects(loadKeras(file), (error: SerError) => error.code === 'bad-model' && message.test(error.message));
  const old = {
    class_name: 'Dense',
    config: { name: 'dense_1', output_dim: 2, batch_input_shape: [null, 3], init: 'glorot_uniform' },
  };
  const weights = { dense_1: dense('dense_1', 3, 2) };
  const model = { class_name: 'Sequential', config: [old] };
  await refuses(
    savedModel(model, weights, { version: '1.2.2' }),
    /Keras 2 and 3 are read, got one of Keras 1\.2\.2; save it again/,
  );
  const cell = { class_name: 'CuDNNLSTM', config: { name: 'lstm', units: 2, batch_input_shape: [null, 4, 3] } };
  await refuses(
    savedModel({ class_name: 'Sequential', config: [cell] }, { lstm: {} }),
    /CuDNNLSTM "lstm" has no counterpart here/,
  );
  await refuses(savedModel({ class_name: 'Sequential', config: [] }, { lstm: {} }), /must list its layers, got \[\]/);
});
