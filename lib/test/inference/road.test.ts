import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { parseCsv } from '../../csv';
import { EMOTIONS } from '../../data/labels';
import { evaluateProtocol, protocolsOf, saveMetrics } from '../../evaluation/evaluate-run';
import { foldsOf } from '../../evaluation/protocols';
import { saveModelCard } from '../../evaluation/reports/model-card';
import { computeFeatures, type FeatureStore } from '../../features/store/store';
import { detectGender, emotionDetector } from '../../inference/emotion';
import { saveGenderClassifier, trainGenderClassifier } from '../../inference/gender/gender';
import { prepareTrainer } from '../../models/registry';
import { tf } from '../../tensorflow';
import { loadExamples, saveExamples } from '../../training/runs/examples';
import { createRun, loadRun, type Run } from '../../training/runs/run';
import { trainProtocol } from '../../training/train';
import { fixtures } from '../support/golden-signals';
import { tinyCorpus } from '../support/tiny-corpus';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-road-'));
test.after(() => fs.rmSync(folder, { recursive: true }));
const corpus = tinyCorpus(folder);
const root = path.join(folder, 'runs');
/** The lines of results.csv. */
const readResults = (file: string) =>
  parseCsv(fs.readFileSync(file, 'utf8'))
    .slice(1)
    .map(({ fields: [name, actor, truth, predicted, ...probabilities] }) => {
      return { file: name, actor: Number(actor), truth, predicted, probabilities: probabilities.map(Number) };
    });
let store: FeatureStore;
let run: Run;

test('a run is trained under both protocols and holds all that evaluation needs', async () => {
  store = await computeFeatures(corpus, { root: path.join(folder, 'features'), copies: 1 });
  run = createRun({
    root,
    name: 'tiny',
    seed: 11,
    corpus: { kind: 'practice', description: corpus.label, clips: 32, fingerprint: corpus.fingerprint },
    configuration: { protocol: 'actor-split', model: 'original' },
  });
  const trainer = await prepareTrainer('original', store, { epochs: 3, batchSize: 8 });
  for (const protocol of ['actor-split', 'original'] as const) {
    const folds = foldsOf(protocol, corpus.clips, { testActors: [4], copies: store.copies });
    const { folds: summaries } = await trainProtocol({ run, store, trainer, protocol, folds });
    const [{ members }] = summaries;
    assert.equal(members[0].history?.epochs.length, 3);
    assert.equal(members[0].parameters, 189_576);
  }
  const files = [
    'best.keras',
    'features.json',
    'history.csv',
    'history.json',
    'labels.json',
    'model',
    'predictions.csv',
    'run.json',
    'scaler.json',
    'validation.csv',
  ];
  assert.deepEqual(fs.readdirSync(run.folder).sort(), [...files, 'original'].sort());
  assert.deepEqual(run.readJson('labels.json'), EMOTIONS);
});

test('evaluation reads only the run and writes results.csv and metrics.json', async () => {
  const voices = Array.from({ length: 32 }, (_, i) => store.voice.subarray(i * 40, (i + 1) * 40));
  const sexes = corpus.clips.map(({ sex }) => sex);
  const actors = corpus.clips.map(({ actor }) => actor);
  const classifier = trainGenderClassifier({ features: voices, sexes, actors, trainActors: [1, 2] });
  saveGenderClassifier(run.file('gender.json'), classifier);
  saveExamples(run, corpus.clips, 4);
  run.finish();
  fs.renameSync(path.join(folder, 'features'), path.join(folder, 'features-gone'));

  const found = loadRun(root);
  assert.deepEqual(protocolsOf(found), ['actor-split', 'original']);
  const before = tf.memory().numTensors;
  const evaluations = [];
  for (const protocol of protocolsOf(found)) evaluations.push(evaluateProtocol(found, protocol));
  assert.equal(tf.memory().numTensors, before, 'evaluation leaves no tensors behind');
  const metrics = saveMetrics(found, evaluations);
  const card = saveModelCard(found, evaluations);
  assert.equal(fs.readFileSync(found.file('model-card.md'), 'utf8'), card);
  assert.match(card, /synthetic voices.*do not\s+apply to people/s);
  assert.ok(card.includes(`| UAR | ${(100 * metrics.uar).toFixed(1)} % |`), card);
  assert.match(card, /\| original, which leaks \| augmented copies at random \|/);
  assert.doesNotMatch(card, /undefined|NaN|\[object/);

  assert.deepEqual(found.readJson('metrics.json'), JSON.parse(JSON.stringify(metrics)));
  const { corpus: kind, clips, protocol, model, seed } = metrics;
  assert.deepEqual([kind, clips, protocol, model, seed], ['practice', 32, 'actor-split', 'original', 11]);
  assert.deepEqual(metrics.protocols['actor-split']?.folds[0].epochs, [3]);
  assert.ok(metrics.accuracy >= 0 && metrics.accuracy <= 1 && metrics.uar >= 0 && metrics.loss > 0);
  assert.equal(metrics.protocols.original?.leaks.sameActor, 7);
  const results = readResults(found.file('results.csv'));
  assert.equal(results.length, 8);
  assert.ok(results.every(({ actor }) => actor === 4));
  const right = results.filter(({ truth, predicted }) => truth === predicted).length;
  assert.equal(right / 8, metrics.accuracy);
});

test('emotionDetector answers as the evaluation did, and twice the same', async () => {
  const results = readResults(loadRun(root).file('results.csv'));
  for (const clip of loadExamples(loadRun(root)).slice(0, 3)) {
    const first = await emotionDetector(clip.path, { root });
    const row = results.find(({ file }) => file === clip.name);
    assert.equal(first.emotion, row?.predicted);
    EMOTIONS.forEach((emotion, k) => {
      assert.ok(Math.abs(first.probabilities[emotion] - (row?.probabilities[k] ?? Number.NaN)) < 1e-4);
    });
    assert.deepEqual(await emotionDetector(clip.path, { root }), first);
  }
});

test('emotionDetector and detectGender take MP3, and say which notebook is missing', async () => {
  const mp3 = path.join(fixtures, 'speech.mp3');
  const { emotion, probabilities } = await emotionDetector(mp3, { root });
  assert.ok(EMOTIONS.includes(emotion));
  assert.ok(Math.abs(Object.values(probabilities).reduce((sum, p) => sum + p, 0) - 1) < 1e-5);
  assert.ok(['male', 'female'].includes((await detectGender(mp3, { root })).sex));
  await assert.rejects(emotionDetector(mp3, { root: path.join(folder, 'none') }), /run 3-train/);
});
