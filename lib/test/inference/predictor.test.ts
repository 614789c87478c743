import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { encodeWav } from '../../audio/formats/write-wav';
import { loadAudio } from '../../audio/load';
import type { Signal } from '../../audio/signal';
import { joinSignals } from '../../audio/sound-stream';
import type { Corpus } from '../../data/corpus';
import { SerError } from '../../errors';
import { writeJson } from '../../files';
import type { Outcome } from '../../inference/prediction';
import { EmotionPredictor } from '../../inference/predictor';
import { tf } from '../../tensorflow';
import type { Run } from '../../training/runs/run';
import { tinyRun } from '../support/tiny-run';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-predictor-'));
let run: Run;
let root: string;
let corpus: Corpus;
let predictor: EmotionPredictor;
before(async () => {
  ({ run, root, corpus } = await tinyRun(folder));
  predictor = await EmotionPredictor.load({ root });
});
after(() => {
  predictor.dispose();
  fs.rmSync(folder, { recursive: true });
});

/** A clip, over and over. */
async function long(seconds: number): Promise<Signal> {
  const { samples, sampleRate } = await loadAudio(corpus.clips[0].path, { sampleRate: 'native' });
  return {
    samples: Float32Array.from({ length: seconds * sampleRate }, (_, n) => samples[n % samples.length]),
    sampleRate,
  };
}

test('predict gives the same result for a file and its signal, and for repeated calls', async () => {
  const file = corpus.clips[5].path;
  const first = await predictor.predict(file);
  assert.deepEqual(await predictor.predict(file), first);
  assert.deepEqual(await predictor.predict(await loadAudio(file, { sampleRate: 'native' })), first);
  const sum = Object.values(first.probabilities).reduce((total, value) => total + value, 0);
  assert.ok(Math.abs(sum - 1) < 1e-9);
  assert.equal(first.probability, Math.max(...Object.values(first.probabilities)));
  assert.equal(first.probability, first.probabilities[first.emotion]);
  assert.equal(first.sure, true);
});

test('predictMany gives the same results as predict, one by one', async () => {
  const files = corpus.clips.slice(0, 5).map((clip) => clip.path);
  const together = await predictor.predictMany(files);
  for (const [index, file] of files.entries()) {
    const alone = await predictor.predict(file);
    assert.equal(together[index].emotion, alone.emotion);
    assert.ok(Math.abs(together[index].probability - alone.probability) < 1e-5);
  }
});

test('predictEach continues after a bad file, and keeps the order', async () => {
  const bad = path.join(folder, 'bad.wav');
  fs.writeFileSync(bad, 'not a recording');
  const files = corpus.clips.slice(0, 20).map((clip) => clip.path);
  files.splice(3, 0, bad);
  const outcomes: Outcome[] = [];
  for await (const outcome of predictor.predictEach(files)) outcomes.push(outcome);
  assert.deepEqual(
    outcomes.map(({ recording }) => recording),
    files,
  );
  assert.ok(outcomes[3].error instanceof SerError && outcomes[3].error.code === 'bad-audio');
  assert.deepEqual(outcomes[4].prediction?.emotion, (await predictor.predict(files[4])).emotion);
  assert.equal(outcomes.filter(({ prediction }) => prediction).length, 20);
});

test('no prediction for silence is sure, nor in a timeline', async () => {
  const silence = { samples: new Float32Array(3 * 22_050), sampleRate: 22_050 };
  const { sure, warnings } = await predictor.predict(silence);
  assert.deepEqual([sure, warnings.map(({ kind }) => kind)], [false, ['silent']]);
  const speech = await loadAudio(corpus.clips[0].path);
  const entries = await predictor.timeline(joinSignals([speech, silence]).signal);
  assert.equal(entries[0].sure, true);
  assert.equal(entries[entries.length - 1].sure, false);
});

test('no prediction for an unusable recording is sure, and there is no warning about its sentence', async () => {
  const { samples, sampleRate } = await loadAudio(corpus.clips[0].path, { sampleRate: 'native' });
  const square = samples.map((sample) => (sample > 0 ? 1 : -1));
  const shipped = await EmotionPredictor.load({ run: 'shipped', quick: true });
  for (const [kind, signal] of [
    ['silent', { samples: new Float32Array(2 * sampleRate).fill(0.02), sampleRate }],
    ['silent', { samples: Float32Array.of(0.3), sampleRate }],
    ['too-short', { samples: samples.slice(sampleRate, 1.1 * sampleRate), sampleRate }],
    ['clipped', { samples: square, sampleRate }],
    ['overloaded', { samples: samples.map((sample) => 400 * sample), sampleRate }],
  ] as const) {
    for (const model of [predictor, shipped]) {
      const { sure, warnings } = await model.predict(signal);
      assert.ok(
        warnings.some((warning) => warning.kind === kind),
        `${kind}, got ${warnings.map((warning) => warning.kind)}`,
      );
      assert.equal(sure, false, kind);
      assert.ok(
        warnings.every((warning) => warning.kind !== 'other-sentence'),
        kind,
      );
    }
  }
  shipped.dispose();
});

test('the prediction of a long recording is the mean over its windows with a voice', async () => {
  const speech = await long(9);
  const { sampleRate } = speech;
  const silence = { samples: new Float32Array(5 * sampleRate), sampleRate };
  const { signal } = joinSignals([speech, silence]);
  const file = path.join(folder, 'long-with-silence.wav');
  fs.writeFileSync(file, encodeWav(signal));
  const entries = await predictor.timeline(signal, { hop: 2.4 });
  const voiced = entries.filter(({ start }) => start < 9);
  for (const recording of [signal, file]) {
    const { windows, probabilities, seconds, warnings, emotion, probability } = await predictor.predict(recording);
    assert.deepEqual(windows, { count: entries.length, used: voiced.length, seconds: 2.4 });
    for (const label of predictor.labels) {
      const mean = voiced.reduce((sum, entry) => sum + entry.probabilities[label], 0) / voiced.length;
      assert.ok(Math.abs(probabilities[label] - mean) < 1e-4, `${label}: ${probabilities[label]}, mean ${mean}`);
    }
    assert.equal(probability, Math.max(...Object.values(probabilities)));
    assert.equal(probability, probabilities[emotion]);
    assert.ok(Math.abs(seconds - 14) < 1e-3);
    assert.match(warnings[0].message, /long: 14\.0 s; the prediction is the mean over 4 of 6 windows of 2\.4 s/);
  }
});

test('an invalid recording, or one on which the model fails, does not stop the others', async () => {
  const files = corpus.clips.slice(0, 3).map((clip) => clip.path);
  const whole = await predictor.predictMany(files);
  const model = Reflect.get(predictor, 'model');
  const fails = { samples: new Float32Array(30_000).fill(0.123), sampleRate: 22_050 };
  const predict = (sounds: readonly Signal[]) => {
    if (sounds.some(({ samples }) => Math.abs(samples[100] - 0.123) < 1e-3)) throw new Error('out of memory');
    return model.predict(sounds);
  };
  const inputOf = (sound: Signal) => model.inputOf(sound);
  Reflect.set(predictor, 'model', { inputOf, predict: async (sounds: Signal[]) => predict(sounds) });
  const poor = { samples: Float32Array.of(Number.NaN, 0, 0), sampleRate: 22_050 };
  const outcomes: Outcome[] = [];
  for await (const outcome of predictor.predictEach([files[0], poor, files[1], fails, files[2]]))
    outcomes.push(outcome);
  Reflect.set(predictor, 'model', model);
  assert.match(String(outcomes[1].error), /samples must be finite numbers, got NaN at 0 in "the recording"/);
  assert.match(String(outcomes[3].error), /out of memory/);
  const emotions = outcomes.flatMap(({ prediction }) => (prediction ? [prediction.emotion] : []));
  assert.deepEqual(
    emotions,
    whole.map(({ emotion }) => emotion),
  );
});

test('a damaged recording is predicted, with a warning', async () => {
  const bytes = fs.readFileSync(corpus.clips[0].path);
  const file = path.join(folder, 'cut.wav');
  fs.writeFileSync(file, bytes.subarray(0, bytes.length - 10_000));
  const { warnings } = await predictor.predict(file);
  assert.deepEqual([warnings[0].kind, /cut short/.test(warnings[0].message)], ['damaged', true]);
});

test('a short recording is read from its start, with a warning', async () => {
  const { samples, sampleRate } = await loadAudio(corpus.clips[0].path, { sampleRate: 'native' });
  const from = Math.floor(0.9 * sampleRate);
  const short = { samples: samples.slice(from, from + Math.floor(0.5 * sampleRate)), sampleRate };
  const { warnings, seconds } = await predictor.predict(short);
  assert.ok(warnings.some(({ kind }) => kind === 'too-short'));
  assert.ok(Math.abs(seconds - 0.5) < 1e-3);
  await assert.rejects(predictor.predict({ samples: new Float32Array(0), sampleRate }), /must not be empty/);
});

test('the timeline covers a recording from its start to its end with windows of 2.4 s', async () => {
  const recording = await long(7);
  const entries = await predictor.timeline(recording, { hop: 1 });
  assert.deepEqual(
    entries.map(({ start }) => Number(start.toFixed(3))),
    [0, 1, 2, 3, 4, 4.6],
  );
  assert.equal(entries[entries.length - 1].end, 7);
  for (const { start, end } of entries) assert.ok(Math.abs(end - start - 2.4) < 1e-6);
  const file = path.join(folder, 'long.wav');
  fs.writeFileSync(file, encodeWav(recording));
  assert.equal((await predictor.timeline(file)).length, 9);
  assert.ok((await predictor.predict(file)).warnings.every(({ kind }) => kind !== 'too-short'));
  await assert.rejects(predictor.timeline(recording, { hop: 0 }), /hop must be above 0/);
});

test('the timeline of a recording shorter than a window has one entry, as long as the recording', async () => {
  const entries = await predictor.timeline(await long(1));
  assert.deepEqual(
    entries.map(({ start, end }) => [start, end]),
    [[0, 1]],
  );
});

test("the run's temperature and threshold change probability and sureness, never the predicted emotion", async () => {
  const file = corpus.clips[2].path;
  const plain = await predictor.predict(file);
  writeJson(run.file('calibration.json'), { temperature: 3, threshold: 0.9 });
  const calibrated = await EmotionPredictor.load({ root });
  const careful = await calibrated.predict(file);
  calibrated.dispose();
  fs.rmSync(run.file('calibration.json'));
  assert.equal(careful.emotion, plain.emotion);
  assert.ok(careful.probability < plain.probability);
  assert.deepEqual([plain.sure, careful.sure], [true, false]);
});

test('a predictor leaves no tensors behind, and can be loaded from any folder with a model', async () => {
  const tensors = tf.memory().numTensors;
  const other = await EmotionPredictor.load({ folder: run.folder });
  const loaded = tf.memory().numTensors;
  await other.predict(corpus.clips[0].path);
  await other.timeline(await long(5));
  assert.equal(tf.memory().numTensors, loaded);
  other.dispose();
  assert.equal(tf.memory().numTensors, tensors);
  await assert.rejects(EmotionPredictor.load({ folder }), /no features\.json .*run 3-train/);
});
