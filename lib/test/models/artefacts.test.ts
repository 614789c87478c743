/** A model folder whose files do not belong together is refused when it is loaded; none changes a prediction unseen. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Signal } from '../../audio/signal';
import { EMOTIONS } from '../../data/labels';
import { SerError } from '../../errors';
import { computeFeatures } from '../../features/store/store';
import { readJson, writeJson } from '../../files';
import { GenderDetector } from '../../inference/emotion';
import { EmotionPredictor } from '../../inference/predictor';
import * as layers from '../../layers/layers';
import { loadModel, saveModel } from '../../layers/model-file';
import { computeSpectrograms } from '../../models/convolutional/clip-spectrogram';
import { convolutionalRecipe, convolutionalTrainer } from '../../models/convolutional/recipe';
import type { UtteranceModel } from '../../models/utterance/model';
import { PROJECT } from '../../project';
import { tf } from '../../tensorflow';
import { ArtefactFolder } from '../../training/runs/artefact-folder';
import { tinySides } from '../support/tiny-corpus';
import { tinyRun } from '../support/tiny-run';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-artefacts-'));
const shipped = path.join(folder, 'shipped');
const general = path.join(folder, 'general');
/** A convolutional model, trained briefly. */
const convolutional = path.join(folder, 'convolutional');
let root: string;
let run: string;
let recording: string;
before(async () => {
  fs.cpSync(path.join(PROJECT, 'data', 'models', 'recommended'), shipped, { recursive: true });
  fs.cpSync(path.join(PROJECT, 'data', 'models', 'general'), general, { recursive: true });
  const made = await tinyRun(folder, { epochs: 1 });
  root = made.root;
  run = made.run.folder;
  recording = made.corpus.clips[0].path;
  writeJson(path.join(run, 'calibration.json'), { temperature: 1.5, threshold: 0.3 });
  const store = await computeFeatures(made.corpus, { root: path.join(folder, 'features'), copies: 0 });
  const settings = { ...convolutionalRecipe.settings, epochs: 1, batchSize: 8 };
  const trainer = convolutionalTrainer(store, await computeSpectrograms(store), settings, 2);
  fs.mkdirSync(convolutional);
  const artefacts = new ArtefactFolder(convolutional);
  const model = await trainer.train({ sides: tinySides(made.corpus).sides, artefacts, seed: 11, tensorBoard: false });
  model.dispose();
});
after(() => fs.rmSync(folder, { recursive: true }));

/** 0.3 s of a rising tone: little to compute, and no two models predict the same of it. */
const sound: Signal = {
  samples: Float32Array.from({ length: 4800 }, (_, n) => Math.sin(n * (0.05 + n / 100_000)) * Math.sin(n / 1500)),
  sampleRate: 16_000,
};

/** Predictions of a folder's model. */
async function ofFolder(place: string): Promise<unknown> {
  const predictor = await EmotionPredictor.load({ folder: place, quick: true });
  try {
    return await predictor.predict(sound);
  } finally {
    predictor.dispose();
  }
}

/** Predictions of the run, by its name. */
async function ofRun(): Promise<unknown> {
  const predictor = await EmotionPredictor.load({ root });
  try {
    return await predictor.predict(sound);
  } finally {
    predictor.dispose();
  }
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
/** Leads from the content to a value. */
type Path = (string | number)[];

/** Compared or kept as a whole. */
const WHOLE = ['settings', 'packages', 'leaks', 'rows', 'actors'];

/** Every value within JSON; of lists this number of items; default all. */
function pathsOf(value: Json, items?: number, at: Path = []): Path[] {
  if (value === null || typeof value !== 'object' || WHOLE.includes(String(at.at(-1)))) return [at];
  const keys = Object.keys(value).slice(0, Array.isArray(value) ? items : undefined);
  return [at, ...keys.flatMap((key) => pathsOf((value as Record<string | number, Json>)[key], items, [...at, key]))];
}

/** Values that may be negative in a sound model: with another sign it is another model, not a damaged one. */
const SIGNED = ['mean', 'means', 'weights', 'bias', 'b', 'X', 'Y', 'alphas', 'slope', 'intercept'];

/** Whether a network without this layer, or without one of these, is a sound one. */
const isLayer = (place: Path): boolean => place.slice(-2).includes('layers');

/** Damages of a value, with their names; undefined: the value is removed. */
function damagesOf(value: Json, place: Path): [string, Json | undefined][] {
  const isSigned = place.some((key) => SIGNED.includes(String(key)));
  const damages: [string, Json | undefined][] = [
    ['removed', undefined],
    ['null', null],
    ['of another type', typeof value === 'object' ? 'text' : { of: 'another type' }],
    ['the text NaN', 'NaN'],
    ...(Array.isArray(value)
      ? ([
          ['shorter', value.slice(1)],
          ['longer', [...value, ...value.slice(-1)]],
        ] as [string, Json][])
      : []),
    ...(typeof value === 'number' && !isSigned ? ([['negative', -1 - value]] as [string, Json][]) : []),
  ];
  return damages.filter(([name]) => !(isLayer(place) && ['removed', 'shorter'].includes(name)));
}

/** The content with the value at a place replaced or removed. */
function replaced(content: Json, [key, ...rest]: Path, value: Json | undefined): Json | undefined {
  if (key === undefined) return value;
  const copy = (Array.isArray(content) ? [...content] : { ...(content as object) }) as Record<string | number, Json>;
  const inner = replaced(copy[key], rest, value);
  if (inner !== undefined) copy[key] = inner;
  else if (Array.isArray(copy)) copy.splice(Number(key), 1);
  else delete copy[key];
  return copy;
}

const at = (content: Json, place: Path): Json =>
  place.reduce((value: Json, key) => (value as Record<string | number, Json>)[key], content);

/**
 * Damages a file in every place and asserts that loading refuses it, or predicts as before.
 *
 * @param options.each damages per place, another one at every place; default all
 * @param options.items items of each list that are damaged; default the first alone, as all are alike
 * @returns how many were refused
 */
async function damage(
  file: string,
  predictions: () => Promise<unknown>,
  { each = Number.POSITIVE_INFINITY, items = 1 }: { each?: number; items?: number } = {},
): Promise<number> {
  const whole = fs.readFileSync(file, 'utf8');
  const content = JSON.parse(whole) as Json;
  const expected = await predictions();
  let refused = 0;
  let turn = 0;
  try {
    for (const place of pathsOf(content, items)) {
      const damages = damagesOf(at(content, place), place);
      for (let i = 0; i < Math.min(each, damages.length); i++) {
        const [name, value] = damages[turn++ % damages.length];
        const what = `${path.basename(file)}: ${place.join('.') || 'content'} ${name}`;
        fs.writeFileSync(file, JSON.stringify(replaced(content, place, value)) ?? '');
        try {
          assert.deepEqual(await predictions(), expected, what);
        } catch (error) {
          if (!(error instanceof SerError)) throw new Error(`${what}: ${error}`, { cause: error });
          assert.equal(error.code, 'bad-artefact', what);
          assert.match(error.message, /\.json.*; .*(?:again|restore)/s, what);
          refused++;
        }
      }
    }
  } finally {
    fs.writeFileSync(file, whole);
  }
  return refused;
}

/** Asserts that a folder's model is refused by one message while a file holds something else. */
async function refused(file: string, content: unknown, message: RegExp): Promise<void> {
  const whole = fs.readFileSync(file);
  fs.writeFileSync(file, content instanceof Uint8Array ? content : JSON.stringify(content));
  const place = [run, convolutional].find((one) => file.startsWith(one)) ?? shipped;
  try {
    await assert.rejects(EmotionPredictor.load({ folder: place }), { name: 'SerError', code: 'bad-artefact', message });
  } finally {
    fs.writeFileSync(file, whole);
  }
}

test('labels must be one emotion for each output of the model', async () => {
  const way = '; restore the folder, or run 3-train again$';
  const seven = RegExp(`labels\\.json: the content must be a list of 8, got a list of 7${way}`);
  await refused(path.join(shipped, 'labels.json'), EMOTIONS.slice(1), seven);
  const file = path.join(run, 'labels.json');
  for (const [labels, message] of [
    [EMOTIONS.slice(1), seven],
    [[...EMOTIONS.slice(1), 'calm'], RegExp(`a list without repetitions, got "calm"${way}`)],
    [[...EMOTIONS.slice(1), 'bored'], RegExp(`labels\\.json: \\[7\\] must be one of neutral, .*"bored"${way}`)],
    [{ 0: 'calm' }, RegExp(`must be a list of 8, got {"0":"calm"}${way}`)],
  ] as const) {
    await refused(file, labels, message);
  }
});

test('calibration and fusions must be in their ranges', async () => {
  const calibration = path.join(shipped, 'calibration.json');
  for (const temperature of [0, -1, null, '1']) {
    await refused(calibration, { temperature, threshold: 0.4 }, /temperature must be a finite number above 0, got/);
  }
  const message = /calibration\.json: threshold must be a finite number from 0 to 1, got 1\.1; .*run 4-evaluate again/;
  await refused(calibration, { temperature: 1, threshold: 1.1 }, message);
  const other = { weight: 0.5, sharpness: 1 };
  const fusions = { known: { weight: 1.5, sharpness: 1 }, other };
  await refused(path.join(shipped, 'recommended.json'), fusions, /known\.weight must be .* from 0 to 1, got 1\.5/);
});

test('parts of another model are refused', async () => {
  const features = path.join(run, 'features.json');
  await refused(features, { kind: 'mel-spectrogram' }, /scaler\.json: mean must be a list of 64, got a list of 20/);
  await refused(features, { kind: 'chroma' }, /features\.json: kind must be one of mfcc, .*got "chroma"/);
  const description = path.join(convolutional, 'member-1', 'model', 'model.json');
  await refused(description, readJson(path.join(run, 'model', 'model.json')), /no usable model at .*model\.json/s);
  const members = path.join(convolutional, 'convolutional.json');
  await refused(
    members,
    { ...readJson<object>(members), members: 1 },
    /must count every network .*got 1 beside member-2/,
  );
  const ridge = path.join(shipped, 'utterance', 'ridge.json');
  const { classifiers, ...model } = readJson<UtteranceModel>(ridge);
  const [first, ...others] = classifiers;
  const fewer = { ...first, weights: first.weights.map((row) => row.slice(1)), bias: first.bias.slice(1) };
  const message = /ridge\.json: classifiers\[0\]\.weights\[0\] must be a list of 8, got a list of 7/;
  await refused(ridge, { ...model, classifiers: [fewer, ...others] }, message);
  const wide = { ...first, mean: [...first.mean, 0] };
  await refused(
    ridge,
    { ...model, classifiers: [wide, ...others] },
    /classifiers\[0\]\.mean must be a list of 1894, got a list of 1895/,
  );
});

test('weights must be finite, and as many as the model has', async () => {
  const place = path.join(run, 'model');
  const file = path.join(place, fs.readdirSync(place).find((name) => name.endsWith('.bin')) ?? '');
  const weights = fs.readFileSync(file);
  const spoilt = Buffer.from(weights);
  spoilt.writeFloatLE(Number.NaN, 400);
  await refused(file, spoilt, /weights must be finite numbers/);
  for (const end of [-4, -3]) await refused(file, weights.subarray(0, end), /no usable model at .*model\.json/s);
});

test('a network of another number of outputs is refused', async () => {
  const place = path.join(convolutional, 'member-1', 'model');
  const input = tf.input({ shape: [120, 64, 1] });
  const output = tf.layers.dense({ units: 4 }).apply(tf.layers.flatten().apply(input)) as tf.SymbolicTensor;
  const model = tf.model({ inputs: input, outputs: output });
  const kept = path.join(folder, 'kept');
  fs.cpSync(place, kept, { recursive: true });
  await saveModel(model, place);
  model.dispose();
  const message = /no usable model at .*model\.json \(its output must be \[8\], got \[4\]\); run 3-train again/;
  await assert.rejects(EmotionPredictor.load({ folder: convolutional }), { code: 'bad-artefact', message });
  fs.rmSync(place, { recursive: true });
  fs.renameSync(kept, place);
});

for (const name of ['run.json', 'history.json', 'labels.json', 'scaler.json', 'features.json', 'calibration.json']) {
  test(`a damaged ${name} of a run is refused or changes nothing`, async () => {
    assert.ok((await damage(path.join(run, name), ofRun, { each: 2 })) > 0);
  });
}

test('a damaged description of a network is refused or changes nothing, whichever layers it has', async () => {
  const place = path.join(folder, 'layers');
  const model = tf.sequential({
    layers: [
      layers.deltaChannel({ inputShape: [6, 4, 1] }),
      layers.conv2d({ filters: 2, kernelSize: 3, activation: 'relu', seed: 1 }),
      layers.timeDistributed({ layer: tf.layers.flatten() }),
      layers.batchNormalization(),
      layers.conv1d({ filters: 4, kernelSize: 2, strides: 2, padding: 'valid', useBias: false, seed: 2 }),
      layers.layerNormalization(),
      layers.multiHeadAttention({ heads: 2, keyDim: 2, seed: 3 }),
      layers.bidirectional({ layer: layers.lstm({ units: 2, returnSequences: true, seed: 4 }) }),
      layers.gru({ units: 3, returnSequences: true, backwards: true, seed: 5 }),
      layers.relu(),
      layers.attentivePooling({ units: 2, seed: 6 }),
      layers.dropout({ rate: 0.2, seed: 7 }),
    ],
  });
  await saveModel(model, place);
  model.dispose();
  const input = tf.randomUniform([2, 6, 4, 1], -1, 1, 'float32', 9);
  const predictions = async () => {
    const loaded = await loadModel(place, { input: [6, 4, 1] });
    const output = loaded.apply(input, { training: false }) as tf.Tensor;
    const values = output.arraySync();
    output.dispose();
    loaded.dispose();
    return values;
  };
  assert.ok((await damage(path.join(place, 'model.json'), predictions, { items: Number.POSITIVE_INFINITY })) > 0);
  input.dispose();
});

test('a damaged gender.json is refused or changes nothing', async () => {
  const sex = () => GenderDetector.load({ root }).detect(recording);
  assert.ok((await damage(path.join(run, 'gender.json'), sex)) > 0);
});

for (const [model, place, name] of [
  ['shipped', shipped, 'labels.json'],
  ['shipped', shipped, 'recommended.json'],
  ['shipped', shipped, 'calibration.json'],
  ['shipped', path.join(shipped, 'encoder'), 'encoder.json'],
  ['shipped', path.join(shipped, 'sentence'), 'sentence.json'],
  ['shipped', path.join(shipped, 'utterance'), 'ridge.json'],
  ['general', general, 'general.json'],
  ['convolutional', convolutional, 'convolutional.json'],
]) {
  test(`a damaged ${name} of the ${model} model is refused or changes nothing`, async () => {
    assert.ok((await damage(path.join(place, name), () => ofFolder(place), { each: 1 })) > 0);
  });
}

test('a damaged scaler.json of a convolutional network is refused or changes nothing', async () => {
  const file = path.join(convolutional, 'member-1', 'scaler.json');
  assert.ok((await damage(file, () => ofFolder(convolutional), { each: 1 })) > 0);
});
