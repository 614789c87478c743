import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { EMOTIONS } from '../../data/labels';
import { chooseModel, emotionFolder } from '../../inference/chosen-model';
import { detectGender, emotionDetector } from '../../inference/emotion';
import { describeModel } from '../../inference/model-accuracy';
import { EmotionPredictor } from '../../inference/predictor';
import { tryOut } from '../../inference/try-out';
import { PROJECT } from '../../project';
import { saveExamples } from '../../training/runs/examples';
import type { Run } from '../../training/runs/run';
import { tinyRun } from '../support/tiny-run';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-chosen-'));
const shipped = path.join(PROJECT, 'data', 'models', 'recommended');
const speech = path.join(PROJECT, 'lib', 'test', 'fixtures', 'speech.mp3');
const environment = { SER_WORK: process.env.SER_WORK, SER_DATA: process.env.SER_DATA };
let run: Run;
before(async () => {
  const made = await tinyRun(folder);
  run = made.run;
  saveExamples(run, made.corpus.clips, 4);
  delete process.env.SER_DATA;
});
after(() => {
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  fs.rmSync(folder, { recursive: true });
});

/** Works in a folder of its own, or in the one with the run. */
function workIn(place: string): void {
  process.env.SER_WORK = path.join(folder, place);
}

test('without any run the shipped model is used, in notebooks and programs', () => {
  workIn('fresh');
  for (const options of [{}, { run: 'latest' }, { run: 'shipped' }]) {
    const chosen = chooseModel(options);
    const { name, corpus } = chosen;
    assert.deepEqual([name, emotionFolder(chosen).folder, corpus?.kind], ['the shipped model', shipped, 'ravdess']);
  }
  assert.throws(() => chooseModel({ root: path.join(folder, 'fresh', 'runs') }), /no run in .*; run 3-train first/);
  assert.throws(() => chooseModel({ run: 'first' }), /no run first in .*run 3-train first/);
});

test('the shipped model is the default, and a run is used if it is named', () => {
  workIn('');
  assert.equal(chooseModel({ run: 'latest' }).name, 'run tiny');
  assert.equal(emotionFolder(chooseModel({ run: 'tiny' })).folder, run.folder);
  assert.equal(chooseModel({ root: path.join(folder, 'runs') }).name, 'run tiny');
  assert.equal(chooseModel().name, 'the shipped model');
  assert.equal(emotionFolder(chooseModel({ folder: run.folder })).folder, run.folder);
});

/** A work folder whose run was trained on recordings, and evaluated with an accuracy of 36 % if under a protocol. */
function workWithRecordings(place: string, protocol?: string): void {
  const other = path.join(folder, place);
  fs.cpSync(path.join(folder, 'runs'), path.join(other, 'runs'), { recursive: true, verbatimSymlinks: true });
  const file = path.join(other, 'runs', 'tiny', 'run.json');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"kind": "practice"', '"kind": "ravdess"'));
  const figures = { corpus: 'ravdess', corpusLabel: 'RAVDESS recordings', clips: 1440, model: 'original' };
  const metrics = { ...figures, protocol, accuracy: 0.36, uar: 0.35, macroF1: 0.34 };
  if (protocol) fs.writeFileSync(path.join(other, 'runs', 'tiny', 'metrics.json'), JSON.stringify(metrics));
  workIn(place);
}

test('a trial trained on recordings does not replace the shipped model', async () => {
  workWithRecordings('trial', 'actor-split');
  assert.equal(chooseModel().name, 'the shipped model');
  assert.equal(chooseModel({ run: 'latest' }).name, 'run tiny');
  const predictor = await EmotionPredictor.load();
  assert.equal(predictor.name, 'the shipped model');
  predictor.dispose();
});

test('a model is described by its accuracy on unseen speakers, or why there is none', () => {
  workWithRecordings('described', 'actor-split');
  const unseen = 'correct on unseen speakers';
  const latest = (): string => describeModel(chooseModel({ run: 'latest' }));
  assert.equal(latest(), `run tiny, 36.0 % ${unseen} (actor-split, RAVDESS recordings)`);
  const { accuracy } = JSON.parse(fs.readFileSync(path.join(shipped, 'metrics.json'), 'utf8')) as { accuracy: number };
  const figure = `${(100 * accuracy).toFixed(1)} %`;
  assert.equal(describeModel(chooseModel()), `the shipped model, ${figure} ${unseen} (actor-5, RAVDESS recordings)`);
  workWithRecordings('leaky', 'original');
  assert.match(latest(), /^run tiny, accuracy on unseen speakers unknown \(original tests on training speakers\)$/);
  workWithRecordings('unevaluated');
  assert.match(latest(), /^run tiny, accuracy on unseen speakers unknown \(no metrics\.json; run 4-evaluate\)$/);
  workIn('');
  assert.match(latest(), /^run tiny, trained on synthetic voices, so its predictions about people are meaningless$/);
});

test('examples of a run are of an unseen speaker, those of the shipped model of a practice voice', async () => {
  workIn('');
  const own = await tryOut(chooseModel({ run: 'tiny' }));
  assert.equal(own.clips.length, 8);
  assert.equal(own.description, '8 recordings of actor 4, an unseen speaker');
  workIn('fresh');
  const synthetic = await tryOut(chooseModel());
  assert.deepEqual(
    synthetic.clips.map(({ emotion }) => emotion),
    [...EMOTIONS],
  );
  assert.match(synthetic.description, /8 recordings of one synthetic voice, for which predictions are meaningless/);
});

test('the shipped model is small, and gives the same prediction for a file twice', async () => {
  workIn('fresh');
  const bytes = fs
    .readdirSync(shipped, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/(predictions|validation)-seed\d+\.csv$/.test(name))
    .reduce((sum, name) => sum + fs.statSync(path.join(shipped, name)).size, 0);
  assert.ok(bytes < 12e6, `${bytes} bytes`);
  const first = await emotionDetector(speech);
  assert.ok(Math.abs(Object.values(first.probabilities).reduce((sum, value) => sum + value, 0) - 1) < 1e-6);
  assert.deepEqual(await emotionDetector(speech), first);
  const predictor = await EmotionPredictor.load();
  assert.equal(predictor.name, 'the shipped model');
  predictor.dispose();
  const { sex, probability } = await detectGender(speech);
  assert.ok(['female', 'male'].includes(sex) && probability !== undefined && probability > 0 && probability <= 1);
});
