/** Files to real Keras and back. SER_TEST_KERAS=all tries every version, SER_TEST_KERAS=3.8.0 that one. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { foldsOf } from '../../lib/dist/evaluation/protocols.js';
import { loadKeras, loadKerasOptimizer } from '../../lib/dist/layers/keras/load.js';
import { saveKeras } from '../../lib/dist/layers/keras/save.js';
import * as layers from '../../lib/dist/layers/layers.js';
import { originalModel } from '../../lib/dist/models/network/original.js';
import { prepareTrainer } from '../../lib/dist/models/registry.js';
import { tf } from '../../lib/dist/tensorflow.js';
import * as models from '../../lib/dist/test/support/keras-models.js';
import { toyStore } from '../../lib/dist/test/support/toy-store.js';
import { AdamW } from '../../lib/dist/training/optimizer.js';
import { ArtefactFolder } from '../../lib/dist/training/runs/artefact-folder.js';
import { inProject, messageOf } from '../setup/project.mjs';
import { separateEnvironment } from '../setup/python.mjs';
import { temporaryFolder } from './command.mjs';

/** Versions of Keras that are tried, with a jax of their time, the smallest backend that they have. */
const KERAS_VERSIONS = /** @type {const} */ ({
  '3.5.0': '0.4.38',
  '3.8.0': '0.4.38',
  '3.12.0': '0.5.3',
  '3.15.1': '0.10.2',
});
/** Milliseconds for each step of an installation. */
const PATIENCE = 90_000;

const all = /** @type {(keyof typeof KERAS_VERSIONS)[]} */ (Object.keys(KERAS_VERSIONS));
const wanted = process.env.SER_TEST_KERAS ?? all.at(-1);
for (const version of wanted === 'all' ? all : all.filter((name) => name === wanted)) {
  test(`Keras ${version} and this library read each other's files, and train on with each other's optimisers`, async (t) => {
    const environment = separateEnvironment(`keras-${version}`);
    try {
      if (!environment.isComplete())
        environment.install([`keras==${version}`, `jax==${KERAS_VERSIONS[version]}`], PATIENCE);
    } catch (error) {
      const reason = `Keras ${version} could not be installed: ${messageOf(error)}`;
      console.error(reason);
      t.skip(reason);
      return;
    }
    const folder = temporaryFolder('keras');
    const theirs = path.join(folder, 'theirs');
    const ours = path.join(folder, 'ours');
    fs.mkdirSync(ours);
    runKeras(environment.python, 'make', theirs);
    await readTheirs(theirs, ours);
    await writeOurs(ours);
    await trainOurs(ours);
    await compare(ours, JSON.parse(runKeras(environment.python, 'check', ours)));
  });
}

/** @param {string} python @param {'make' | 'check'} action @param {string} folder @returns {string} what it prints */
function runKeras(python, action, folder) {
  const script = inProject('lib', 'test', 'fixtures', 'keras-files.py');
  const { status, stdout, stderr } = spawnSync(python, [script, action, folder], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, ...quickJax(python) },
  });
  assert.equal(status, 0, stderr);
  return stdout.trim().split('\n').at(-1) ?? '';
}

/**
 * Settings with which jax compiles each operation quickly, and once for all runs: compiling is most of the time.
 *
 * @param {string} python
 */
function quickJax(python) {
  return {
    KERAS_BACKEND: 'jax',
    JAX_PLATFORMS: 'cpu',
    XLA_FLAGS: '--xla_backend_optimization_level=0',
    JAX_COMPILATION_CACHE_DIR: path.join(path.dirname(python), '..', 'compiled'),
    JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS: '0',
    JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES: '-1',
  };
}

/** Reads what Keras wrote and writes it again. @param {string} theirs @param {string} ours */
async function readTheirs(theirs, ours) {
  for (const [name, told] of Object.entries(models.readGolden(theirs).models)) {
    const file = path.join(theirs, `${name}.keras`);
    const model = await loadKeras(file);
    models.assertPredicts(model, told.outputs, name);
    models.assertVariables(model, told.trainable, name);
    const optimizer = await loadKerasOptimizer(file);
    await saveKeras(model, path.join(ours, `${name}.keras`), { optimizer });
    model.dispose();
  }
}

/** Writes models of this library's own layers. @param {string} ours */
async function writeOurs(ours) {
  const speech = tf.sequential({
    layers: [
      layers.conv2d({ filters: 3, kernelSize: [3, 2], strides: [1, 2], activation: 'relu', inputShape: [8, 6, 1] }),
      layers.relu(),
      layers.dropout({ rate: 0.1, wholeChannels: true }),
      tf.layers.reshape({ targetShape: [8, 9] }),
      layers.bidirectional({ layer: layers.gru({ units: 3, returnSequences: true }) }),
      layers.layerNormalization(),
      layers.bidirectional({ layer: layers.lstm({ units: 2, seed: 4 }) }),
    ],
  });
  for (const [name, model] of Object.entries({ speech, voice: originalModel({ frames: 10, coefficients: 6 }) })) {
    const variables = model.trainableWeights.map((/** @type {any} */ weight) => weight.read());
    const options = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.01 };
    const fresh = new AdamW(variables, options);
    const trained = models.takeStep(model, { options, step: 0, slots: fresh.slots() });
    const optimizer = { options, step: trained.step, slots: trained.slots() };
    await saveKeras(model, path.join(ours, `${name}.keras`), { optimizer });
    model.dispose();
  }
}

/** Trains a network as notebook 3 does, and keeps its best.keras as run.keras. @param {string} ours */
async function trainOurs(ours) {
  const folder = temporaryFolder('run');
  const store = toyStore([1, 2, 3]);
  const trainer = await prepareTrainer('original', store, { epochs: 2, batchSize: 8 });
  const [fold] = foldsOf('actor-split', store.manifest.clips, { testActors: [3] });
  const artefacts = new ArtefactFolder(folder);
  const model = await trainer.train({ sides: fold, artefacts, seed: 11, tensorBoard: false });
  model.dispose();
  fs.copyFileSync(artefacts.existingFile('best.keras'), path.join(ours, 'run.keras'));
}

/** Holds what Keras says of the files to what is said here. @param {string} ours @param {any} found */
async function compare(ours, found) {
  assert.equal(Object.keys(found.models).length, 7);
  const { step, fitted } = found.models.run;
  assert.ok(step > 0, 'a run holds its optimiser');
  assert.equal(fitted, step + 2, 'one step of the check, then one of model.fit');
  for (const [name, told] of Object.entries(found.models)) {
    const file = path.join(ours, `${name}.keras`);
    const model = await loadKeras(file);
    models.assertPredicts(model, told.outputs, name);
    models.assertVariables(model, told.trainable, name);
    const optimizer = await loadKerasOptimizer(file);
    assert.equal(told.step, optimizer?.step, name);
    if (optimizer) {
      assert.equal(told.rate, optimizer.options.learningRate, name);
      const slots = optimizer.slots.map(({ values }) => values);
      // Only the order of the sums differs.
      models.assertSummaries(slots, told.slots, { name: `slots of ${name}`, within: 1e-9 });
      models.takeStep(model, optimizer);
      models.assertVariables(model, told.next, name);
    }
    for (const momentum of told.momenta) assert.equal(momentum, 0.99);
    for (const layer of told.classes) assert.match(layer, /^keras\./);
    model.dispose();
  }
}
