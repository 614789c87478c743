import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { EMOTIONS } from '../../data/labels';
import { ENCODER_FEATURES, encoderVectors, SpeechEncoder } from '../../models/encoder/statistics';
import { hasEncoderWeights, loadEncoderWeights, saveEncoderWeights } from '../../models/encoder/weights';
import { GENERAL_FILE, predictGeneral } from '../../models/general/model';
import { fitGeneral, type GeneralRecording, LEAST_RECORDINGS, speakerProfile } from '../../models/general/train';
import { loadTrainedModel } from '../../models/registry';
import { Random } from '../../random';
import { tf } from '../../tensorflow';
import { ArtefactFolder } from '../../training/runs/artefact-folder';

const VERSIONS = 5;
/** Emotions whose statistics are told apart in this test. */
const TOLD = ['neutral', 'calm', 'sad', 'angry'] as const;

/**
 * Recordings of three corpora of two speakers: an emotion moves one statistic, a speaker moves all of them by far more
 * than that.
 */
function made(): { recordings: GeneralRecording[]; values: Float32Array } {
  const random = new Random(5, 'general test');
  const recordings: GeneralRecording[] = [];
  const values = new Float32Array(3 * 2 * 12 * VERSIONS * ENCODER_FEATURES);
  let place = 0;
  for (const corpus of ['one', 'two', 'three']) {
    for (const voice of [1, 2]) {
      const offset = 40 * random.normal();
      for (let take = 0; take < 12; take++) {
        const emotion = TOLD[take % TOLD.length];
        recordings.push({ corpus, speaker: `${corpus}-${voice}`, emotion });
        const moved = emotion === 'calm' ? 0 : TOLD.indexOf(emotion);
        for (let version = 0; version < VERSIONS; version++) {
          for (let k = 0; k < ENCODER_FEATURES; k++) {
            values[place++] = offset + (k % 40 === moved ? 4 : 0) + random.normal();
          }
        }
      }
    }
  }
  return { recordings, values };
}

test('a profile of the speaker removes the voice, and without one predictions of new speakers are worse', () => {
  const { recordings, values } = made();
  const vectors = { values, versions: VERSIONS, features: ENCODER_FEATURES };
  const { model, tests } = fitGeneral(vectors, recordings);
  assert.deepEqual(
    tests.map(({ corpus, rows }) => [corpus, rows.length]),
    [
      ['one', 24],
      ['two', 24],
      ['three', 24],
    ],
  );
  const correct = (mode: 'unknown' | 'profiled'): number =>
    tests.flatMap((own) =>
      own.rows.filter((row, index) => {
        const scores = own[mode].subarray(index * EMOTIONS.length, (index + 1) * EMOTIONS.length);
        const { emotion } = recordings[row];
        return EMOTIONS[scores.indexOf(Math.max(...scores))] === (emotion === 'calm' ? 'neutral' : emotion);
      }),
    ).length;
  assert.equal(correct('profiled'), 72);
  assert.ok(correct('unknown') < 60, `${correct('unknown')} of 72`);
  const size = VERSIONS * ENCODER_FEATURES;
  const rows = [0, 2, 3];
  const own = rows.map((row) => values.subarray(row * size, (row + 1) * size));
  const [voice] = recordings;
  const profile = speakerProfile(
    Array.from({ length: LEAST_RECORDINGS }, (_, i) => values.subarray((i % 12) * size, ((i % 12) + 1) * size)),
  );
  assert.ok(recordings.slice(0, 12).every(({ speaker }) => speaker === voice.speaker));
  for (const given of [undefined, profile]) {
    const probabilities = predictGeneral(model, own, given);
    for (const [place, row] of rows.entries()) {
      const scores = probabilities.subarray(place * EMOTIONS.length, (place + 1) * EMOTIONS.length);
      assert.equal(scores[EMOTIONS.indexOf('calm')], 0);
      assert.ok(Math.abs(scores.reduce((sum, score) => sum + score, 0) - 1) < 1e-5);
      if (given) assert.equal(EMOTIONS[scores.indexOf(Math.max(...scores))], recordings[row].emotion);
    }
  }
});

test('a profile needs enough recordings, and a model two corpora', () => {
  const one = new Float32Array(VERSIONS * ENCODER_FEATURES);
  assert.throws(() => speakerProfile([one]), /must be 20 recordings or more, got 1/);
  const { mean, deviation, recordings } = speakerProfile(new Array<Float32Array>(LEAST_RECORDINGS).fill(one.fill(3)));
  assert.equal(recordings, LEAST_RECORDINGS);
  assert.deepEqual([mean[7], deviation[7], mean.length], [3, 1, ENCODER_FEATURES]);
  const vectors = { values: one, versions: VERSIONS, features: ENCODER_FEATURES };
  assert.throws(() => fitGeneral(vectors, [{ corpus: 'one', speaker: 'a', emotion: 'sad' }]), /two corpora or more/);
});

const skip = hasEncoderWeights() ? false : 'run npm run setup -- --encoder first';

test('a stored model predicts as the fitted one, with a profile and without', { skip }, async () => {
  const { recordings, values } = made();
  const { model } = fitGeneral({ values, versions: VERSIONS, features: ENCODER_FEATURES }, recordings);
  const artefacts = new ArtefactFolder(fs.mkdtempSync(path.join(os.tmpdir(), 'ser-general-')));
  const weights = loadEncoderWeights();
  saveEncoderWeights(artefacts, weights);
  artefacts.writeJson(GENERAL_FILE, model);
  const encoder = new SpeechEncoder(weights);
  const sound = {
    samples: Float32Array.from({ length: 16_000 }, (_, n) => 0.2 * Math.sin(n * n * 1e-5)),
    sampleRate: 16_000,
  };
  const [own] = encoderVectors(encoder, [sound], model.settings.statistics.speeds);
  encoder.dispose();
  const before = tf.memory().numTensors;
  const profile = speakerProfile(new Array<Float32Array>(LEAST_RECORDINGS).fill(own.map((value) => value + 0.01)));
  for (const given of [undefined, profile]) {
    const loaded = await loadTrainedModel(artefacts, { profile: given });
    const { probabilities } = await loaded.predict([sound]);
    predictGeneral(model, [own], given).forEach((value, k) => {
      assert.ok(Math.abs(value - probabilities[k]) < 1e-5);
    });
    loaded.dispose();
  }
  assert.equal(tf.memory().numTensors, before);
  fs.rmSync(artefacts.folder, { recursive: true });
});
