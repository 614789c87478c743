import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { loadAudio } from '../../audio/load';
import { computeFeatures } from '../../features/store/store';
import { fitAligner } from '../../models/sentence/aligner';
import { bothVersions, computeSentences, sentenceVersions } from '../../models/sentence/recordings';
import { SENTENCE_FEATURES, sentenceVector } from '../../models/sentence/sentence-vector';
import { SENTENCE } from '../../models/sentence/settings';
import { utteranceVersions } from '../../models/utterance/recordings';
import { tinyCorpus } from '../support/tiny-corpus';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-sentences-'));
after(() => fs.rmSync(folder, { recursive: true }));
const column = (name: string): number => SENTENCE_FEATURES.indexOf(name);

test('each sound has the mean of its frames, its slope, its pitch and its length', () => {
  const [frames, bands] = [100, 64];
  // Sounds 0 to 38 have two frames each, the last has the rest; in sound s the level rises by s per frame.
  const states = Int32Array.from({ length: frames }, (_, i) => Math.min(39, Math.floor(i / 2)));
  const values = Float32Array.from({ length: frames * bands }, (_, i) => Math.floor(i / bands) + (i % bands) / 2);
  const f0 = Float32Array.from({ length: 125 }, (_, i) => (i < 100 ? 200 : Number.NaN));
  f0[30] = 400;
  const voicing = f0.map((value) => (value > 0 ? 1 : 0));
  const vector = sentenceVector(
    { frames, coefficients: bands, values },
    { f0, voicing },
    { sentence: 0, states, alignmentCost: 0 },
  );
  assert.equal(vector.length, SENTENCE_FEATURES.length);
  assert.equal(vector.length, 2121);
  assert.equal(vector[column('sound7 mel3')], 14.5 + 3.25, 'frames 14 and 15, bands 6 and 7');
  assert.equal(vector[column('sound7 delta mel3')], 1);
  assert.ok(Math.abs(vector[column('sound7 pitch')] - Math.log2(200)) < 1e-5);
  assert.equal(vector[column('sound7 pitch above median')], 0);
  assert.ok(Math.abs(vector[column('sound12 pitch above median')] - 1 / 3) < 1e-5, 'one of three frames an octave up');
  assert.ok(Math.abs(vector[column('sound7 frames')] - Math.log(3)) < 1e-5);
  assert.ok(Math.abs(vector[column('sound39 frames')] - Math.log(23)) < 1e-5);
  assert.ok(Number.isNaN(vector[column('sound39 pitch step')]) === false, 'some frames of it have voice');
  assert.ok(Math.abs(vector[column('frames')] - Math.log(100)) < 1e-5);
});

test('a sound that is left out, or without voice, is not a number', () => {
  const frames = 50;
  const states = Int32Array.from({ length: frames }, (_, i) => (i < 30 ? 0 : 2));
  const spectrogram = { frames, coefficients: 64, values: new Float32Array(frames * 64) };
  const f0 = new Float32Array(frames).fill(Number.NaN);
  const melody = { f0, voicing: new Float32Array(frames) };
  const vector = sentenceVector(spectrogram, melody, { sentence: 0, states, alignmentCost: 0 });
  assert.ok(Number.isNaN(vector[column('sound1 mel0')]));
  assert.equal(vector[column('sound1 frames')], 0);
  assert.ok(Number.isNaN(vector[column('sound0 pitch')]));
  assert.equal(vector[column('sound2 mel0')], 0);
});

test('recordings give the same vectors alone and together, in threads and here', async () => {
  const corpus = tinyCorpus(folder, [1, 2]);
  const store = await computeFeatures(corpus, { root: path.join(folder, 'features'), copies: 0 });
  const sentences = await computeSentences(store);
  const clips = [...corpus.clips.keys()];
  const frames = clips.map((clip) => sentences.frames(clip));
  for (const own of frames) assert.ok(own.frames > 20 && own.frames <= SENTENCE.taughtFrames, `${own.frames}`);
  const aligner = fitAligner(
    frames,
    clips.map(() => 0),
  );
  const inThreads = await sentences.versions(clips, aligner);
  const signal = await loadAudio(corpus.clips[3].path, { sampleRate: 'native' });
  assert.deepEqual(sentenceVersions(signal, { aligner }), inThreads[3]);
  const { utterances, ...others } = bothVersions(signal, { aligner });
  assert.deepEqual(others, inThreads[3]);
  assert.deepEqual(utterances, utteranceVersions(signal));
  assert.ok(inThreads.every(({ alignmentCost }) => alignmentCost >= 0 && alignmentCost < SENTENCE.mostUnlike));
});
