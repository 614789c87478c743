import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { evaluateProtocol, saveMetrics } from '../../evaluation/evaluate-run';
import { foldsOf } from '../../evaluation/protocols';
import { computeFeatures } from '../../features/store/store';
import { readJson } from '../../files';
import { loadGenderClassifier, predictSex } from '../../inference/gender/gender';
import { EmotionPredictor } from '../../inference/predictor';
import { loadKeras } from '../../layers/keras/load';
import { batchNormalization, bidirectional, conv2d, dropout, lstm, relu, timeDistributed } from '../../layers/layers';
import { loadModel } from '../../layers/model-file';
import { networkRecipe } from '../../models/network/recipe';
import { tf } from '../../tensorflow';
import { ArtefactFolder } from '../../training/runs/artefact-folder';
import { loadRun } from '../../training/runs/run';
import { fixtures } from '../support/golden-signals';
import { tinyCorpus } from '../support/tiny-corpus';

type Stored = { protocols: object };

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-earlier-run-'));
const root = path.join(folder, 'runs');
fs.cpSync(path.join(fixtures, 'earlier-run'), root, { recursive: true });
after(() => fs.rmSync(folder, { recursive: true, force: true }));

test('a run of an earlier version is evaluated as it was then', () => {
  const run = loadRun(root, 'earlier');
  assert.equal(run.info.folds, undefined);
  const { protocols } = readJson<Stored>(run.file('metrics.json'));
  const evaluation = evaluateProtocol(run, 'actor-split');
  saveMetrics(run, [evaluation]);
  assert.deepEqual(readJson<Stored>(run.file('metrics.json')).protocols, protocols);
});

test('a model of an earlier version predicts as it did then', async () => {
  const predictor = await EmotionPredictor.load({ run: 'earlier', root });
  const { emotion, probabilities } = await predictor.predict(path.join(fixtures, 'speech.flac'));
  predictor.dispose();
  assert.equal(emotion, 'neutral');
  const expected = [0.1275006, 0.1224987, 0.1234977, 0.1244017, 0.1274619, 0.1246264, 0.1272784, 0.1227345];
  for (const [index, value] of Object.values(probabilities).entries()) {
    assert.ok(Math.abs(value - expected[index]) < 1e-5, `${index}: ${value}`);
  }
});

test("an earlier version's classifier of speaker sex and Keras file still load", async () => {
  const classifier = loadGenderClassifier(path.join(root, 'earlier', 'gender.json'));
  assert.ok(['male', 'female'].includes(predictSex(classifier, new Float32Array(40)).sex));
  const [ours, keras] = [
    await loadModel(path.join(root, 'earlier', 'model')),
    await loadKeras(path.join(root, 'earlier', 'best.keras')),
  ];
  const input = tf.randomNormal([2, 104, 20, 1], 0, 1, 'float32', 7);
  const [a, b] = [ours, keras].map((model) => (model.predict(input) as tf.Tensor).dataSync());
  for (const [index, value] of a.entries()) assert.ok(Math.abs(value - b[index]) < 1e-5);
  input.dispose();
  ours.dispose();
  keras.dispose();
});

test('the same training gives the weights of the earlier version', async () => {
  const store = await computeFeatures(tinyCorpus(folder), { root: path.join(folder, 'features'), copies: 1 });
  const recipe = networkRecipe('original', 'a small network', smallNetwork);
  const trainer = await recipe.prepare(store, { ...recipe.settings, epochs: 2, batchSize: 8 });
  const [{ train, validation }] = foldsOf('actor-split', store.manifest.clips, { testActors: [4] });
  const artefacts = new ArtefactFolder(path.join(folder, 'again'));
  const trained = await trainer.train({
    sides: { number: 1, rows: 'copies', train, validation },
    ...{ artefacts, seed: 11, tensorBoard: false },
  });
  trained.dispose();
  const [earlier, again] = [path.join(root, 'earlier'), artefacts.folder].map((own) => {
    const [name] = fs.readdirSync(path.join(own, 'model')).filter((file) => file.endsWith('.bin'));
    const bytes = fs.readFileSync(path.join(own, 'model', name));
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  });
  assert.equal(again.length, earlier.length);
  const worst = Math.max(...again.map((weight, index) => Math.abs(weight - earlier[index])));
  // Equal bits on the same kind of processor; another one rounds differently.
  assert.ok(worst < 1e-4, `the largest difference is ${worst}`);
});

function smallNetwork({ frames, coefficients, seed }: { frames: number; coefficients: number; seed: number }) {
  const input = tf.input({ shape: [frames, coefficients, 1] });
  const layers = [
    conv2d({ filters: 2, kernelSize: [3, 3], strides: [4, 2], seed }),
    batchNormalization({}),
    relu({}),
    timeDistributed({ layer: tf.layers.flatten() }),
    bidirectional({ layer: lstm({ units: 3, seed }) }),
    dropout({ rate: 0.1, seed }),
    tf.layers.dense({
      ...{ units: 8, activation: 'softmax' },
      kernelInitializer: tf.initializers.glorotUniform({ seed }),
    }),
  ];
  const output = layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input);
  return tf.model({ inputs: input, outputs: output, name: 'small' });
}
