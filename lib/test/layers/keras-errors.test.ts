import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { archiveEntries, zipBytes } from '../../data/archive';
import type { SerError } from '../../errors';
import { loadKeras, loadKerasOptimizer, loadKerasWeights } from '../../layers/keras/load';
import { Random } from '../../random';
import { tf } from '../../tensorflow';
import { kerasFiles } from '../support/keras-models';
import { mutate } from '../support/mutate';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-keras-'));
after(() => fs.rmSync(folder, { recursive: true }));

/** The parts of a fixture, to be changed and put together again. */
function partsOf(name: string): Record<string, Buffer> {
  const entries = archiveEntries(path.join(kerasFiles, '3.15', `${name}.keras`));
  return Object.fromEntries(entries.map((entry) => [entry.name, entry.read()]));
}
const original = partsOf('original');
const branches = partsOf('branches');

function write(name: string, content: Uint8Array): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, content);
  return file;
}
const pack = (parts: Record<string, Uint8Array>): string => write('model.keras', zipBytes(parts));

/** The fixture with its config changed as text. */
function withConfig(change: (text: string) => string, parts = original): string {
  const before = parts['config.json'].toString();
  const changed = change(before);
  assert.notEqual(changed, before, 'the change must find its place');
  return pack({ ...parts, 'config.json': Buffer.from(changed) });
}

async function refuses(load: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(load, (error: SerError) => {
    assert.equal(error.code, 'bad-model', error.stack);
    assert.match(error.message, message);
    return true;
  });
}

test('files that are no .keras archive are refused, each with its reason', async () => {
  await refuses(
    loadKeras(path.join(folder, 'none.keras')),
    /^loadKeras: the model must be a readable file .*none\.keras/,
  );
  await refuses(loadKeras(write('p.keras', Buffer.from([0x80, 4, 0x95, 0]))), /Python pickle, which is never executed/);
  await refuses(
    loadKeras(write('t.keras', Buffer.from('hello'))),
    /must be a zip archive, got one that begins with "68656c6c"/,
  );
  const whole = fs.readFileSync(pack(original));
  await refuses(loadKeras(write('cut.keras', whole.subarray(0, whole.length / 2))), /not a whole zip archive/);
  const { 'config.json': _, ...rest } = original;
  await refuses(loadKeras(pack(rest)), /must hold config\.json/);
  await refuses(
    loadKeras(pack({ ...original, 'model.weights.npz': Buffer.from('x') })),
    /"model\.weights\.npz" may hold pickles/,
  );
  await refuses(loadKeras(pack({ ...original, 'config.json': Buffer.from('{') })), /config\.json must be JSON/);
  await refuses(loadKeras(write('x.h5', Buffer.from('not HDF5'))), /the file is ".*x\.h5"/);
});

test('files of another Keras are refused by version, and newer ones are read on request', async () => {
  const of = (version: string): string =>
    pack({ ...original, 'metadata.json': Buffer.from(JSON.stringify({ keras_version: version })) });
  await refuses(loadKeras(of('2.15.0')), /must be of Keras 3, got 2\.15\.0; save it as \.h5/);
  await refuses(loadKeras(of('3.16.0')), /up to Keras 3\.15 were tried, got 3\.16\.0; try the option allowNewer/);
  await refuses(loadKeras(of('4.0.0')), /got 4\.0\.0/);
  await refuses(loadKeras(of('new')), /must be as 3\.15\.1, got "new"/);
  (await loadKeras(of('3.16.0'), { allowNewer: true })).dispose();
});

test('a list in a file may be longer than a call may have arguments', async () => {
  const long = withConfig((text) => text.replace('{', `{"more": [${Array(200_000).fill('{}')}],`));
  (await loadKeras(long)).dispose();
});

test('code in a file is refused by name', async () => {
  const lambda = withConfig((text) => text.replace('"class_name": "Flatten"', '"class_name": "Lambda"'));
  await refuses(loadKeras(lambda), /Lambda "flatten" holds Python code, which is never executed/);
  const inside = withConfig((text) =>
    text.replace('"activation": "tanh"', '"activation": {"class_name": "__lambda__", "config": {"value": "4wA"}}'),
  );
  await refuses(loadKeras(inside), /__lambda__ holds Python code/);
  const custom = withConfig((text) =>
    text.replace('"module": "keras.layers", "class_name": "Dropout"', '"module": "mine", "class_name": "Dropout"'),
  );
  await refuses(loadKeras(custom), /Dropout "dropout\w*" is a custom object \(module "mine"/);
  const registered = withConfig((text) => text.replace('"registered_name": null', '"registered_name": "mine>Block"'));
  await refuses(loadKeras(registered), /is a custom object .* registered as "mine>Block"/);
});

test('layers, options and graphs without a counterpart are named', async () => {
  const changes: [from: string, to: string, message: RegExp][] = [
    [
      '"class_name": "LSTM"',
      '"class_name": "ConvLSTM1D"',
      /ConvLSTM1D "lstm" has no counterpart here; layers must be of Dense,/,
    ],
    ['"padding": "same"', '"padding": "causal"', /Conv1D "conv1d": padding must be one of valid, same, got "causal"/],
    ['"activation": "relu"', '"activation": "hard_sigmoid"', /activation must be one of linear, .* got "hard_sigmoid"/],
    ['"groups": 1', '"groups": 3', /Conv1D "conv1d": groups must be 1/],
    ['"return_state": false', '"return_state": true', /LSTM "lstm": return_state must be false/],
    ['"rate": 0.2', '"rate": 2', /Dropout "\w+": rate must be from 0 up to 1 \(excluded\), got 2/],
    [
      '"dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": null}, "filters"',
      '"dtype": "float64", "filters"',
      /Conv1D "conv1d": dtype must be one of float32/,
    ],
    ['"class_name": "Sequential"', '"class_name": "Mine"', /the model must be Sequential or functional, got "Mine"/],
    [
      '"units": 4',
      '"units": 5000000',
      /LSTM "lstm" needs kernel of \[18,20000000\], got \[\[18,16\],\[4,16\],\[16\]\] in the file/,
    ],
    ['"units": 8', '"units": 9', /"dense_\d+" needs \w+ of \[[^\]]*9\], got \[\[[\d,]*8\],\[8\]\] in the file/],
    ['"kernel_size": [3]', '"kernel_size": [300000000]', /needs kernel of \[300000000,1,3\], got \[\[3,1,3\],\[3\]\]/],
    ['[null, 10, 6, 1]', '[null, 10, 600000000, 1]', /needs \w+ of \[[\d,]+\], got .* in the file/],
  ];
  for (const [from, to, message] of changes) {
    await refuses(loadKeras(withConfig((text) => text.replace(from, to))), message);
  }
  const graphs: [from: string | RegExp, to: string, message: RegExp][] = [
    [/("name": "add", "inbound_nodes": \[)(.*?\}\])/, '$1{"args":[],"kwargs":{}},$2', /Add "add" is used \d+ times/],
    [
      '"keras_history": ["z", 0, 0]',
      '"keras_history": ["nowhere", 0, 0]',
      /must take outputs of other layers, got .*"nowhere"/,
    ],
    ['"keras_history": ["z", 0, 0]', '"keras_history": ["z", 1, 0]', /shared layers and further outputs are not read/],
    ['"kwargs": {}', '"kwargs": {"mask": [1]}', /is called with mask=\[1\]/],
  ];
  for (const [from, to, message] of graphs) {
    await refuses(loadKeras(withConfig((text) => text.replace(from, to), branches)), message);
  }
});

test('missing weights and weights of other models are named', async () => {
  const { 'model.weights.h5': _, ...rest } = original;
  await refuses(loadKeras(pack(rest)), /must hold model\.weights\.h5/);
  await refuses(
    loadKeras(pack({ ...original, 'model.weights.h5': branches['model.weights.h5'] })),
    /needs \w+ of \[[\d,]+\], got .* in the file/,
  );
  const model = tf.sequential({ layers: [tf.layers.dense({ name: 'only', units: 2, inputShape: [3] })] });
  const before = model.getWeights().map((weight) => weight.dataSync().slice());
  const file = path.join(kerasFiles, '3.15', 'images.weights.h5');
  await refuses(
    loadKerasWeights(model, file),
    /^loadKerasWeights: "layers\/dense\/vars\/0" must have the shape \[3,2\]/,
  );
  await refuses(loadKeras(file), /weights without a model; build the model and call loadKerasWeights/);
  await refuses(
    loadKerasWeights(model, path.join(kerasFiles, '3.15', 'images.h5')),
    /the model has 1 layers with weights, got \d/,
  );
  const after = model.getWeights().map((weight) => weight.dataSync().slice());
  assert.deepEqual(after, before);
  model.dispose();
});

test('optimisers without a counterpart are named, and a model without one has none', async () => {
  const sgd = withConfig((text) => text.replace('"class_name": "AdamW"', '"class_name": "SGD"'));
  await refuses(loadKerasOptimizer(sgd), /must be Keras's Adam or AdamW, got "SGD"/);
  const amsgrad = withConfig((text) => text.replace('"amsgrad": false', '"amsgrad": true'));
  await refuses(loadKerasOptimizer(amsgrad), /AdamW "adam_w": amsgrad must be false/);
  assert.equal(await loadKerasOptimizer(pack(branches)), undefined);
});

test('200 damaged files end in a model or in one typed error, and leave no tensor behind', async () => {
  const random = new Random(5, 'damaged models');
  const h5 = fs.readFileSync(path.join(kerasFiles, '2', 'model.h5'));
  const zip = fs.readFileSync(path.join(kerasFiles, '3.15', 'original.keras'));
  const config = original['config.json'];
  const makers: (() => string)[] = [
    () => write('m.keras', mutate(zip, [h5], random)),
    () => write('m.h5', mutate(h5, [zip], random)),
    () => pack({ ...original, 'model.weights.h5': mutate(original['model.weights.h5'], [h5], random) }),
    () => pack({ ...original, 'config.json': mutateText(config, random) }),
  ];
  const before = tf.memory().numTensors;
  let refused = 0;
  // Damaged HDF5 costs a thread each; damaged configs are cheap.
  const order = [0, 1, 2, 3, 3, 3];
  for (let round = 0; round < 200; round++) {
    const file = makers[order[round % order.length]]();
    try {
      (await loadKeras(file)).dispose();
      if (file.endsWith('.keras')) await loadKerasOptimizer(file);
    } catch (error) {
      assert.equal((error as SerError).code, 'bad-model', `round ${round}: ${(error as Error).stack}`);
      refused++;
    }
    assert.equal(tf.memory().numTensors, before, `round ${round} left tensors`);
  }
  assert.ok(refused > 100, `only ${refused} of 200 were refused`);
  // The reader still works after all that.
  (await loadKeras(path.join(kerasFiles, '3.15', 'original.keras'))).dispose();
});

/** JSON with one value replaced by another kind of thing. */
function mutateText(json: Buffer, random: Random): Buffer {
  const text = json.toString();
  const values = [...text.matchAll(/(?<=": )(?:"[^"]*"|-?\d[\d.e-]*|true|false|null|\[\]|\{\})/g)];
  const { index, 0: value } = random.pick(values);
  const others = [
    '0',
    '-1',
    '1e9',
    '4294967296',
    '0.5',
    'null',
    'true',
    '""',
    '"x"',
    '[]',
    '[[1]]',
    '{}',
    '[null, 1e8]',
  ];
  return Buffer.from(text.slice(0, index) + random.pick(others) + text.slice(index + value.length));
}
