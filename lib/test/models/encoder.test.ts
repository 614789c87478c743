import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { loadAudio } from '../../audio/load';
import { SerError } from '../../errors';
import { computeFeatures } from '../../features/store/store';
import { readJson } from '../../files';
import { lstmSequence } from '../../layers/kernels/lstm';
import { encoderTrainer } from '../../models/encoder/recipe';
import { ENCODER } from '../../models/encoder/settings';
import { atEncoderLevel, encoderSpectrogram } from '../../models/encoder/spectrogram';
import { computeEncoderVectors, ENCODER_FEATURES, SpeechEncoder } from '../../models/encoder/statistics';
import { readTorchFile } from '../../models/encoder/torch-file';
import {
  hasEncoderWeights,
  loadEncoderWeights,
  readEncoderWeights,
  readSavedWeights,
  saveEncoderWeights,
} from '../../models/encoder/weights';
import { loadTrainedModel } from '../../models/registry';
import { Random } from '../../random';
import { tf } from '../../tensorflow';
import { ArtefactFolder } from '../../training/runs/artefact-folder';
import { fixtures } from '../support/golden-signals';
import { tinyCorpus, tinySides } from '../support/tiny-corpus';

interface Golden {
  checkpoint: Record<string, { shape: number[]; values: number[] }>;
  frames: number;
  /** Every tenth frame. */
  mel: number[];
  /** Hidden state after the last frame, layer by layer. */
  last: number[][];
}

const golden = readJson<Golden>(path.join(fixtures, 'encoder-golden.json'));
const checkpoint = fs.readFileSync(path.join(fixtures, 'torch-checkpoint.pt'));

const largestDifference = (found: ArrayLike<number>, expected: ArrayLike<number>): number =>
  Array.from(found).reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);

/** The golden sound: a fixture at the encoder's level, its rate taken for 16 kHz. */
async function goldenSamples(): Promise<Float32Array> {
  const { samples, sampleRate } = await loadAudio(path.join(fixtures, 'speech.flac'), { sampleRate: 'native' });
  return atEncoderLevel(samples.subarray(0, sampleRate));
}

test('a checkpoint of PyTorch is read tensor by tensor', () => {
  const tensors = readTorchFile(checkpoint, 'model_state');
  assert.deepEqual([...tensors.keys()], Object.keys(golden.checkpoint));
  for (const [name, { shape, values }] of tensors) {
    assert.deepEqual(shape, golden.checkpoint[name].shape);
    assert.ok(largestDifference(values, golden.checkpoint[name].values) < 1e-6, name);
  }
});

test('a checkpoint that names another class or function is refused by name', () => {
  const hostile = Buffer.from(checkpoint);
  const place = hostile.indexOf('collections\nOrderedDict\n');
  hostile.write('posix\nsystem\n'.padEnd(24, '\n'), place, 'latin1');
  assert.throws(() => readTorchFile(hostile, 'model_state'), { code: 'bad-model', message: /without "posix system"/ });
  assert.throws(() => readTorchFile(checkpoint, 'weights'), {
    code: 'bad-model',
    message: /hold a dictionary "weights"/,
  });
  assert.throws(() => readTorchFile(Buffer.from('PK'), 'model_state'), { code: 'bad-model' });
});

test('a damaged checkpoint is read or refused, and nothing else happens', () => {
  const random = new Random(11, 'torch-file');
  const read = (bytes: Buffer): void => {
    try {
      readTorchFile(bytes, 'model_state');
    } catch (error) {
      assert.ok(error instanceof SerError && error.code === 'bad-model', String(error));
    }
  };
  for (let length = 0; length < checkpoint.length; length++) read(checkpoint.subarray(0, length));
  for (let round = 0; round < 3000; round++) {
    const bytes = Buffer.from(checkpoint);
    for (let change = random.integer(1, 4); change > 0; change--) {
      bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255);
    }
    read(bytes);
  }
});

test("the encoder's mel bands equal librosa's", async () => {
  const { frames, coefficients, values } = encoderSpectrogram(await goldenSamples());
  assert.equal(frames, golden.frames);
  const rows = Array.from({ length: Math.ceil(frames / 10) }, (_, i) =>
    Array.from(values.subarray(10 * i * coefficients, (10 * i + 1) * coefficients)),
  ).flat();
  const loudest = Math.max(...golden.mel);
  const difference = largestDifference(rows, golden.mel) / loudest;
  assert.ok(difference < 1e-5, `largest difference: ${difference} of the loudest`);
});

const skip = hasEncoderWeights() ? false : 'run npm run setup -- --encoder first';

test("the pretrained layers' states equal PyTorch's", { skip }, async () => {
  const { frames, values } = encoderSpectrogram(await goldenSamples());
  const weights = loadEncoderWeights();
  tf.tidy(() => {
    let input = tf.tensor3d(values, [frames, 1, ENCODER.bands]);
    for (const [layer, { kernel, recurrent, bias }] of weights.entries()) {
      const [rows, units] = [layer === 0 ? ENCODER.bands : ENCODER.units, ENCODER.units];
      input = lstmSequence({
        ...{ input, kernel: tf.tensor2d(kernel, [rows, 4 * units]), bias: tf.tensor1d(bias) },
        recurrent: tf.tensor2d(recurrent, [units, 4 * units]),
      });
      const last = input.dataSync().subarray((frames - 1) * units);
      assert.ok(largestDifference(last, golden.last[layer]) < 1e-4, `layer ${layer}`);
    }
  });
});

test('a checkpoint of another network is refused', () => {
  assert.throws(() => readEncoderWeights(checkpoint), {
    code: 'bad-model',
    message: /bias_ih of layer 0 must be \[1024\], got \[8\]/,
  });
});

test('statistics hold mean and deviation of the states, whatever else is in the batch', { skip }, async () => {
  const spectrogram = encoderSpectrogram(await goldenSamples());
  const { bands } = ENCODER;
  const start = { ...spectrogram, frames: 40, values: spectrogram.values.subarray(0, 40 * bands) };
  const weights = loadEncoderWeights();
  const before = tf.memory().numTensors;
  const encoder = new SpeechEncoder(weights);
  const together = encoder.statistics([start, spectrogram]);
  const alone = encoder.statistics([start]);
  assert.equal(alone.length, ENCODER_FEATURES);
  assert.ok(largestDifference(alone, together.subarray(0, ENCODER_FEATURES)) < 1e-5);
  encoder.dispose();
  assert.equal(tf.memory().numTensors, before);
  const [{ kernel, recurrent, bias }] = weights;
  const [mean, deviation] = tf.tidy(() => {
    const [gates, units] = [4 * ENCODER.units, ENCODER.units];
    const states = lstmSequence({
      ...{ input: tf.tensor3d(start.values, [40, 1, bands]), bias: tf.tensor1d(bias) },
      ...{ kernel: tf.tensor2d(kernel, [bands, gates]), recurrent: tf.tensor2d(recurrent, [units, gates]) },
    });
    const { mean, variance } = tf.moments(states, 0);
    return [mean.dataSync(), tf.sqrt(variance).dataSync()];
  });
  assert.ok(largestDifference(alone.subarray(0, 256), mean) < 1e-5);
  assert.ok(largestDifference(alone.subarray(256, 512), deviation) < 1e-3);
});

test('saved weights are read back, and others are refused', { skip }, () => {
  const artefacts = new ArtefactFolder(fs.mkdtempSync(path.join(os.tmpdir(), 'ser-encoder-')));
  const weights = loadEncoderWeights();
  saveEncoderWeights(artefacts, weights);
  assert.deepEqual(readSavedWeights(artefacts), weights);
  const file = artefacts.file('encoder-weights.bin');
  const bytes = fs.readFileSync(file);
  bytes[77] ^= 1;
  fs.writeFileSync(file, bytes);
  assert.throws(() => readSavedWeights(artefacts), { code: 'bad-artefact', message: /encoder-weights\.bin must hold/ });
  fs.rmSync(artefacts.folder, { recursive: true });
});

test('a predictor answers from a trained model as its recipe does', { skip }, async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-encoder-'));
  const corpus = tinyCorpus(folder, [1, 2, 3, 4]);
  const store = await computeFeatures(corpus, { root: path.join(folder, 'features'), copies: 0 });
  const weights = loadEncoderWeights();
  const before = tf.memory().numTensors;
  const vectors = await computeEncoderVectors(store, weights);
  const artefacts = new ArtefactFolder(path.join(folder, 'model'));
  fs.mkdirSync(artefacts.folder);
  const { sides, tested } = tinySides(corpus);
  const task = { sides, artefacts, seed: 11, tensorBoard: false };
  const model = await encoderTrainer(store, vectors, weights).train(task);
  const expected = await model.predict(tested.map((clip) => ({ clip })));
  const loaded = await loadTrainedModel(artefacts);
  const sounds = await Promise.all(tested.map((clip) => loadAudio(corpus.clips[clip].path, { sampleRate: 'native' })));
  const { probabilities } = await loaded.predict(sounds);
  assert.ok(largestDifference(probabilities, expected) < 1e-4);
  assert.ok(largestDifference(probabilities.subarray(0, 8), probabilities.subarray(8, 16)) > 1e-4, 'sounds differ');
  loaded.dispose();
  assert.equal(tf.memory().numTensors, before);
  fs.rmSync(folder, { recursive: true });
});
