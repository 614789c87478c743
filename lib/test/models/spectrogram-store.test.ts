import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { computeFeatures } from '../../features/store/store';
import {
  clipSpectrogram,
  computeSpectrograms,
  recordingSpectrogram,
  SPECTROGRAM,
} from '../../models/convolutional/clip-spectrogram';
import { tinyCorpus } from '../support/tiny-corpus';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-spectrograms-'));
after(() => fs.rmSync(folder, { recursive: true }));
const { frames, bands, sampleRate } = SPECTROGRAM;

/** Silence, a tone, silence; seconds. */
function tone(hertz: number, { before = 0.5, length = 1, amplitude = 0.5 } = {}): Float32Array {
  const samples = new Float32Array(Math.round((before + length + 0.5) * sampleRate));
  const start = before * sampleRate;
  for (let i = start; i < start + length * sampleRate; i++) {
    samples[i] = amplitude * Math.sin((2 * Math.PI * hertz * i) / sampleRate);
  }
  return samples;
}

test('a spectrogram begins where the sound does, and is filled up with its own floor', () => {
  const spectrogram = clipSpectrogram({ samples: tone(1000), sampleRate });
  assert.equal(spectrogram.length, frames * bands);
  const floor = Math.min(...spectrogram);
  const frame = (index: number): Float32Array => spectrogram.subarray(index * bands, (index + 1) * bands);
  assert.ok(Math.max(...frame(4)) > floor + 60, 'the silence before is gone');
  // The tone lasts 40 frames of 25 ms, and what is left of silence a few more.
  assert.ok(Math.max(...frame(35)) > floor + 60);
  for (let index = 50; index < frames; index++) assert.ok(frame(index).every((value) => value === floor));
});

test('the level stays: ten times the amplitude is 20 decibels more', () => {
  const loudest = (amplitude: number): number =>
    Math.max(...clipSpectrogram({ samples: tone(1000, { amplitude }), sampleRate }));
  assert.ok(Math.abs(loudest(0.5) - loudest(0.05) - 20) < 0.01);
});

test('only the first three seconds are looked at', () => {
  const [long, longer] = [3.2, 5].map((length) => clipSpectrogram({ samples: tone(700, { length }), sampleRate }));
  // The last of 240 fine frames reaches beyond.
  const inner = (frames - 2) * bands;
  assert.deepEqual(long.subarray(0, inner), longer.subarray(0, inner));
});

test('spectrograms are computed once, in the order of the clips, and again where the file is damaged', async () => {
  const corpus = tinyCorpus(folder, [1, 2]);
  const store = await computeFeatures(corpus, { root: path.join(folder, 'features'), copies: 0 });
  let computed = 0;
  const compute = () => computeSpectrograms(store, { onProgress: () => computed++ });
  const { values } = await compute();
  const size = frames * bands;
  assert.equal(values.length, corpus.clips.length * size);
  assert.equal(computed, corpus.clips.length);
  assert.deepEqual(values.slice(3 * size, 4 * size), await recordingSpectrogram(corpus.clips[3]));

  assert.deepEqual((await compute()).values, values);
  assert.equal(computed, corpus.clips.length, 'read, not computed');

  const file = path.join(store.folder, 'spectrograms.f32');
  const bytes = fs.readFileSync(file);
  bytes[100] ^= 1;
  fs.writeFileSync(file, bytes);
  assert.deepEqual((await compute()).values, values);
  assert.equal(computed, 2 * corpus.clips.length, 'computed again');

  const manifest = path.join(store.folder, 'spectrograms.json');
  fs.writeFileSync(manifest, fs.readFileSync(manifest, 'utf8').replace('"trimDecibels": 40', '"trimDecibels": 30'));
  assert.deepEqual((await compute()).values, values);
  assert.equal(computed, 3 * corpus.clips.length, 'other settings are computed again');
});
