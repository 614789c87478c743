import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { loadKeras, loadKerasOptimizer, loadKerasWeights } from '../../layers/keras/load';
import { saveKeras } from '../../layers/keras/save';
import { attentivePooling, bidirectional, conv2d, dropout, gru, layerNormalization, lstm } from '../../layers/layers';
import { loadModel, saveModel } from '../../layers/model-file';
import { originalModel } from '../../models/network/original';
import { tf } from '../../tensorflow';
import { AdamW } from '../../training/optimizer';
import { trainableVariables } from '../../training/weights';
import {
  assertPredicts,
  assertVariables,
  kerasFiles,
  predictWaves,
  readGolden,
  takeStep,
} from '../support/keras-models';

/** Runs with an empty folder, and asserts that no tensor is left behind. */
async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-keras-'));
  const before = tf.memory().numTensors;
  try {
    await work(folder);
    assert.equal(tf.memory().numTensors, before, 'tensors are left');
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

for (const version of ['3.5', '3.15']) {
  const folder = path.join(kerasFiles, version);
  const { tool, models } = readGolden(folder);
  for (const [name, told] of Object.entries(models)) {
    test(`loadKeras reads "${name}" of ${tool}: same predictions, same variables in the same order`, async () => {
      await inFolder(async () => {
        const model = await loadKeras(path.join(folder, `${name}.keras`));
        assertPredicts(model, told.outputs, name);
        assertVariables(model, told.trainable, name);
        model.dispose();
      });
    });

    test(`"${name}" of ${tool} comes back from saveKeras, and from TensorFlow.js's format, with the same predictions`, async () => {
      await inFolder(async (temporary) => {
        const model = await loadKeras(path.join(folder, `${name}.keras`));
        const expected = predictWaves(model);
        await saveKeras(model, path.join(temporary, 'again.keras'));
        await saveModel(model, path.join(temporary, 'layers'));
        model.dispose();
        const again = await loadKeras(path.join(temporary, 'again.keras'));
        assert.deepEqual(predictWaves(again), expected);
        again.dispose();
        const layers = await loadModel(path.join(temporary, 'layers'));
        assert.deepEqual(predictWaves(layers), expected);
        layers.dispose();
      });
    });
  }

  for (const name of ['original', 'recurrent']) {
    test(`AdamW resumes the optimiser of "${name}" of ${tool} as Keras does`, async () => {
      await inFolder(async (temporary) => {
        const file = path.join(folder, `${name}.keras`);
        const model = await loadKeras(file);
        const optimizer = await loadKerasOptimizer(file);
        assert.ok(optimizer);
        assert.equal(optimizer.step, models[name].step);
        await saveKeras(model, path.join(temporary, 'again.keras'), { optimizer });
        assert.deepEqual(await loadKerasOptimizer(path.join(temporary, 'again.keras')), optimizer);
        takeStep(model, optimizer);
        assertVariables(model, models[name].next ?? [], name);
        model.dispose();
      });
    });
  }
}

test('loadKeras and loadKerasWeights read the .h5 and .weights.h5 of Keras 3', async () => {
  await inFolder(async () => {
    const folder = path.join(kerasFiles, '3.15');
    const expected = readGolden(folder).models.images.outputs;
    const model = await loadKeras(path.join(folder, 'images.h5'));
    assertPredicts(model, expected, 'images.h5');
    for (const file of ['images.weights.h5', 'images.keras', 'images.h5']) {
      const others = model.getWeights().map((weight) => tf.add(weight, 1));
      model.setWeights(others);
      tf.dispose(others);
      await loadKerasWeights(model, path.join(folder, file));
      assertPredicts(model, expected, file);
    }
    model.dispose();
  });
});

test('loadKeras and loadKerasWeights read the .h5 of Keras 2, whose hard sigmoid is another', async () => {
  await inFolder(async () => {
    const folder = path.join(kerasFiles, '2');
    const { outputs } = JSON.parse(fs.readFileSync(path.join(folder, 'golden.json'), 'utf8')) as { outputs: number[] };
    const model = await loadKeras(path.join(folder, 'model.h5'));
    assertPredicts(model, [outputs], 'model.h5');
    await loadKerasWeights(model, path.join(folder, 'weights.h5'));
    assertPredicts(model, [outputs], 'weights.h5');
    model.dispose();
  });
});

test('our layers become Keras layers in the file, and ours again from it', async () => {
  await inFolder(async (folder) => {
    const file = path.join(folder, 'original.keras');
    const model = originalModel({ frames: 10, coefficients: 6 });
    await saveKeras(model, file);
    const loaded = await loadKeras(file);
    assert.deepEqual(predictWaves(loaded), predictWaves(model));
    const classes = (of: tf.LayersModel): string[] =>
      of.layers.map((layer) => layer.getClassName()).filter((name) => name !== 'InputLayer');
    assert.deepEqual(classes(loaded), classes(model));
    // 0.99 to the power of the frames in memory, Keras's 0.99 in the file.
    const momentum = (of: tf.LayersModel): unknown =>
      (of.getLayer('normalisation').getConfig().layer as { config: { momentum: number } }).config.momentum;
    assert.equal(momentum(loaded), momentum(model));
    const text = fs.readFileSync(file).toString('latin1');
    assert.match(
      text,
      /"class_name":"BatchNormalization","config":\{"name":"[^"]+","dtype":"float32","axis":-1,"momentum":0.99,/,
    );
    assert.doesNotMatch(text, /"class_name":"(Fused|Folded|Seeded)/);
    model.dispose();
    loaded.dispose();
  });
});

test('recognition layers go through a .keras file unchanged', async () => {
  await inFolder(async (folder) => {
    const file = path.join(folder, 'speech.keras');
    const layers = [
      conv2d({ filters: 3, kernelSize: [3, 2], strides: [1, 2], activation: 'relu', inputShape: [8, 6, 1] }),
      dropout({ rate: 0.1, wholeChannels: true }),
      tf.layers.reshape({ targetShape: [8, 9] }),
      bidirectional({ layer: gru({ units: 3, returnSequences: true }) }),
      layerNormalization(),
      bidirectional({ layer: lstm({ units: 2, seed: 4 }) }),
    ];
    const model = tf.sequential({ layers });
    await saveKeras(model, file);
    const loaded = await loadKeras(file);
    assert.deepEqual(predictWaves(loaded), predictWaves(model));
    // Keras's own SpatialDropout does not know the option that other layers have.
    const text = fs.readFileSync(file).toString('latin1');
    assert.match(
      text,
      /"class_name":"SpatialDropout2D","config":\{"name":"[^"]+","dtype":"float32","rate":0.1,"seed":0\}/,
    );
    model.dispose();
    loaded.dispose();
  });
});

test('a training resumed from a .keras file ends with the weights of an uninterrupted one', async () => {
  await inFolder(async (folder) => {
    const file = path.join(folder, 'training.keras');
    const model = originalModel({ frames: 10, coefficients: 6 });
    const options = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.004 };
    const fresh = new AdamW(trainableVariables(model), options);
    const first = takeStep(model, { options, step: fresh.step, slots: fresh.slots() });
    await saveKeras(model, file, { optimizer: { options, step: first.step, slots: first.slots() } });
    takeStep(model, { options, step: first.step, slots: first.slots() });
    const loaded = await loadKeras(file);
    const kept = await loadKerasOptimizer(file);
    assert.ok(kept);
    // The file holds the learning rate in single precision, as Keras does.
    takeStep(loaded, { ...kept, options });
    assert.deepEqual(predictWaves(loaded), predictWaves(model));
    model.dispose();
    loaded.dispose();
  });
});

test('saveKeras names the layer that Keras lacks, and leaves the earlier file as it was', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-keras-'));
  try {
    const file = path.join(folder, 'model.keras');
    fs.writeFileSync(file, 'earlier');
    const input = tf.input({ shape: [4, 3], name: 'frames' });
    const refused = async (output: tf.SymbolicTensor, message: RegExp, target = file): Promise<void> => {
      const model = tf.model({ inputs: input, outputs: output });
      await assert.rejects(saveKeras(model, target), (error: Error & { code: string }) => {
        assert.equal(error.code, 'bad-model');
        assert.match(error.message, message);
        return true;
      });
      assert.equal(fs.readFileSync(file, 'utf8'), 'earlier');
    };
    const through = (layer: tf.layers.Layer): tf.SymbolicTensor => layer.apply(input) as tf.SymbolicTensor;
    await refused(through(attentivePooling({ name: 'pool' })), /^saveKeras: layer "pool" is a AttentivePooling/);
    const hard = tf.layers.dense({ name: 'hard', units: 2, activation: 'hardSigmoid' });
    await refused(through(hard), /layer "hard": the activation "hardSigmoid" has no equal in Keras 3/);
    const stock = tf.layers.lstm({ name: 'stateful', units: 2, stateful: false, returnState: false });
    await refused(through(stock), /layer "stateful": the activation "hardSigmoid"/);
    const reverse = lstm({ name: 'back', units: 2, backwards: true, returnSequences: true });
    await refused(through(reverse), /layer "back": Keras returns the frames of a backward layer in reverse/);
    const shared = tf.layers.dense({ name: 'shared', units: 3 });
    await refused(shared.apply(through(shared)) as tf.SymbolicTensor, /"shared" must be used once to be written/);
    await refused(through(tf.layers.flatten()), /the name must end in .keras/, path.join(folder, 'model.zip'));
    const wrong = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
    const options = { learningRate: 1, beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0 };
    await assert.rejects(
      saveKeras(wrong, file, { optimizer: { options, step: 0, slots: [] } }),
      /two slots for each of the 2/,
    );
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
