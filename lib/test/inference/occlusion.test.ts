import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { AUDIO } from '../../config';
import { EMOTIONS } from '../../data/labels';
import { explanation } from '../../display/results/explanation';
import { melSpectrogram, mfcc, mfccOfMel, powerToDb } from '../../features/mel/mfcc';
import { FEATURE_KINDS, featuresOfMel, modelFeatures, modelMel } from '../../features/model-features';
import { writeJson } from '../../files';
import { importanceOf, momentWindows, occlude, occlusionWindows } from '../../inference/occlusion';
import { EmotionPredictor } from '../../inference/predictor';
import { saveModel } from '../../layers/model-file';
import { Random } from '../../random';
import { tf } from '../../tensorflow';

/** Noise whose loudness rises and falls. */
function sound(): { samples: Float32Array; sampleRate: number } {
  const random = new Random(3, 'occlusion.test');
  const samples = Float32Array.from({ length: AUDIO.samples }, (_, n) => 0.3 * Math.sin(n / 3000) * random.normal());
  return { samples, sampleRate: AUDIO.sampleRate };
}

test('windows cover every place of a spectrogram, and none is beyond', () => {
  for (const [frames, bands] of [
    [104, 128],
    [7, 16],
    [23, 5],
  ]) {
    const windows = occlusionWindows(frames, bands);
    const ones = importanceOf(windows, new Array<number>(windows.length).fill(1), frames, bands);
    assert.ok(
      ones.every((value) => value === 1),
      `${frames} × ${bands}`,
    );
    for (const window of windows) assert.ok(window.frames[1] <= frames && window.bands[1] <= bands);
  }
  assert.equal(occlusionWindows(104, 128).length, 300);
});

test('occlude gives each band of the window its mean level, and leaves the rest and the original', () => {
  const mel = { frames: 4, coefficients: 2, values: Float32Array.of(1, 5, 1, 5, 1, 5, 10_000, 5) };
  const occluded = occlude(mel, { frames: [2, 4], bands: [0, 1] });
  const expected = [1, 5, 1, 5, 10, 5, 10, 5]; // ⁴√10,000 = 10
  occluded.values.forEach((value, at) => void assert.ok(Math.abs(value - expected[at]) < 1e-5, `${occluded.values}`));
  assert.equal(mel.values[6], 10_000);
});

test('featuresOfMel gives the features of the signal, of every kind', () => {
  const signal = sound();
  for (const kind of FEATURE_KINDS) {
    const direct = modelFeatures(signal, kind);
    const byMel = featuresOfMel(modelMel(signal, kind), kind);
    assert.deepEqual([byMel.frames, byMel.coefficients], [direct.frames, direct.coefficients]);
    byMel.values.forEach((value, at) => void assert.ok(Math.abs(value - direct.values[at]) < 0.01, kind));
  }
});

test('moments are longer in a long recording, so that there are few enough, and cover it', () => {
  for (const [frames, size] of [
    [215, 10],
    [2584, 82],
    [155_040, 4846],
  ]) {
    const windows = momentWindows(frames, 128);
    assert.ok(windows.length <= 64, `${windows.length}`);
    assert.equal(windows[0].frames[1], size);
    assert.equal(windows[windows.length - 1].frames[1], frames);
  }
});

test('a figure of whole moments names no frequencies', () => {
  const clip = sound();
  const decibels = powerToDb(melSpectrogram(clip));
  const { frames, coefficients } = decibels;
  const values = Float32Array.from(
    { length: frames * coefficients },
    (_, at) => Math.floor(at / coefficients) / frames,
  );
  const why = { emotion: 'sad', probability: 0.5, clip, decibels } as const;
  const described = (importance: Float32Array): string =>
    explanation({ ...why, importance: { frames, coefficients, values: importance } })['text/plain'];
  assert.match(described(values), /importance is the same at all frequencies/);
  assert.match(
    described(values.map((value, at) => value * (at % coefficients))),
    /Most important frequencies: \d+ to \d+ Hz/,
  );
});

test('a figure of a minute has more values than a call may have arguments', () => {
  const [frames, coefficients] = [2584, 128];
  const clip = { samples: new Float32Array(60 * AUDIO.sampleRate), sampleRate: AUDIO.sampleRate };
  const values = new Float32Array(frames * coefficients);
  const why = { emotion: 'sad', probability: 0.5, clip, decibels: { frames, coefficients, values } } as const;
  const weights = values.map((_, at) => (at < coefficients ? 0.25 : 0));
  const { 'text/plain': text } = explanation({ ...why, importance: { frames, coefficients, values: weights } });
  assert.match(text, /lowers this by up to 25\.0 points, or raises it by up to 0\.0/);
});

test('mfccOfMel gives the MFCCs of the signal', () => {
  const signal = sound();
  const [direct, byMel] = [mfcc(signal), mfccOfMel(melSpectrogram(signal))];
  assert.deepEqual([byMel.frames, byMel.coefficients], [104, 20]);
  byMel.values.forEach((value, at) => void assert.ok(Math.abs(value - direct.values[at]) < 0.01));
});

/** A predictor that depends only on the level of frames 40 to 49: louder is happier. */
async function attentivePredictor(folder: string): Promise<EmotionPredictor> {
  const weights = new Float32Array(104 * 20 * 8);
  const happy = EMOTIONS.indexOf('happy');
  for (let frame = 40; frame < 50; frame++) weights[frame * 20 * 8 + happy] = 0.002;
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [104, 20, 1] }),
      tf.layers.dense({ units: 8, useBias: false, activation: 'softmax' }),
    ],
  });
  model.setWeights([tf.tensor2d(weights, [104 * 20, 8])]);
  await saveModel(model, path.join(folder, 'model'));
  model.dispose();
  writeJson(path.join(folder, 'labels.json'), EMOTIONS);
  writeJson(path.join(folder, 'features.json'), { kind: 'mfcc' });
  writeJson(path.join(folder, 'scaler.json'), { mean: new Array(20).fill(0), deviation: new Array(20).fill(1) });
  return EmotionPredictor.load({ folder });
}

test('explain finds the moments that a model depends on, and the figure names them', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-occlusion-'));
  try {
    const predictor = await attentivePredictor(folder);
    const signal = sound();
    const tensors = tf.memory().numTensors;
    const why = await predictor.explain({
      ...signal,
      samples: Float32Array.of(...new Float32Array(13_230), ...signal.samples),
    });
    assert.equal(tf.memory().numTensors, tensors);
    const { frames, coefficients, values } = why.importance;
    assert.deepEqual([frames, coefficients], [104, 128]);
    const ofFrame = Array.from({ length: frames }, (_, f) =>
      values.subarray(f * coefficients, (f + 1) * coefficients).reduce((sum, value) => sum + Math.abs(value), 0),
    );
    const inside = ofFrame.slice(35, 55).reduce((sum, value) => sum + value, 0);
    const all = ofFrame.reduce((sum, value) => sum + value, 0);
    assert.ok(all > 0 && inside / all > 0.99, `${inside} of ${all} lies in frames 35 to 54`);
    const figure = explanation(why);
    assert.match(figure['text/plain'], new RegExp(`Predicted: ${why.emotion}, \\d+\\.\\d %`));
    assert.equal(figure['application/vnd.plotly.v1+json'].data.length, 2);
    predictor.dispose();
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
