import assert from 'node:assert/strict';
import test from 'node:test';
import { resample } from '../../audio/resample/resample';
import type { Signal } from '../../audio/signal';
import { functionals } from '../../features/summary/functionals';
import { FRAME_TRACKS, frameTracks } from '../../models/utterance/frame-tracks';
import { utteranceVersions } from '../../models/utterance/recordings';
import { UTTERANCE_FEATURES, utteranceVector } from '../../models/utterance/utterance-vector';

/** A buzz of ten harmonics at 16 kHz whose pitch rises, with a little noise by formula, between silences. */
function buzz(seconds = 1.2, silence = 0.3): Signal {
  const samples = new Float32Array(Math.round((seconds + 2 * silence) * 16_000));
  let phase = 0;
  for (let i = Math.round(silence * 16_000); i < samples.length - Math.round(silence * 16_000); i++) {
    const time = i / 16_000 - silence;
    phase += (2 * Math.PI * (140 + 40 * time)) / 16_000;
    for (let k = 1; k <= 10; k++) samples[i] += (0.2 / k) * Math.sin(k * phase);
    samples[i] += 0.002 * Math.sin(i * i * 0.37);
  }
  return { samples, sampleRate: 16_000 };
}
const at = (vector: Float32Array, name: string): number => {
  const place = UTTERANCE_FEATURES.indexOf(name);
  assert.ok(place >= 0, name);
  return vector[place];
};
const silentMelody = { f0: new Float32Array([Number.NaN]), voicing: new Float32Array([0]) };

test('every number has a name of its own', () => {
  const vector = utteranceVersions(buzz(), { speeds: [1] });
  assert.equal(vector.length, UTTERANCE_FEATURES.length);
  assert.equal(new Set(UTTERANCE_FEATURES).size, 1894);
  assert.ok(vector.every(Number.isFinite), 'a voiced utterance leaves nothing undefined');
});

test('names stand by their numbers', () => {
  const signal = buzz(1.2, 0);
  const voicing = new Float32Array(200).fill(0.7);
  const f0 = new Float32Array(1 + Math.floor(signal.samples.length / 160)).fill(256);
  const vector = utteranceVector(signal, { f0, voicing });
  const tracks = frameTracks(signal, voicing);
  const column = (name: string): number[] =>
    Array.from(
      { length: tracks.frames },
      (_, i) => tracks.values[i * tracks.coefficients + FRAME_TRACKS.indexOf(name)],
    );
  for (const name of ['mel3', 'mfcc1', 'level', 'spectralCentroid', 'contrast6', 'voicing']) {
    const { mean, percentile95, slope } = functionals(column(name));
    for (const [functional, value] of Object.entries({ mean, percentile95, slope })) {
      assert.equal(at(vector, `${name}.${functional}`), Math.fround(value), `${name}.${functional}`);
    }
    assert.equal(at(vector, `voiced ${name}.mean`), Math.fround(mean), 'every frame is voiced');
  }
  assert.equal(at(vector, 'pitch.median'), 8, 'log2 of 256 Hz');
  assert.equal(at(vector, 'delta pitch.mean'), 0);
  assert.ok(Math.abs(at(vector, 'duration') - 1.2) < 1e-6);
  assert.equal(at(vector, 'voicedShare'), 1);
  assert.equal(at(vector, 'voicedLongest'), f0.length);
  assert.ok(Math.abs(at(vector, 'peak') - Math.log(Math.max(...signal.samples.map(Math.abs)))) < 1e-4);
});

test('pitch features are numbers for voiced sounds, and not-a-number without voicing', () => {
  const sung = utteranceVersions(buzz(), { speeds: [1] });
  assert.ok(Math.abs(2 ** at(sung, 'pitch.median') - 164) < 6, `${2 ** at(sung, 'pitch.median')} Hz`);
  assert.ok(at(sung, 'pitch.slope') > 0);
  const whispered = utteranceVector(buzz(), silentMelody);
  assert.ok(Number.isNaN(at(whispered, 'pitch.mean')));
  assert.equal(at(whispered, 'voicedShare'), 0);
});

test('silence and very short sounds have vectors, empty ones are refused', () => {
  for (const length of [1, 100, 16_000]) {
    const vector = utteranceVersions({ samples: new Float32Array(length), sampleRate: 16_000 });
    assert.equal(vector.length, 5 * 1894, `${length} samples`);
    assert.ok(Math.abs(vector[UTTERANCE_FEATURES.indexOf('loudness')] - Math.log(1e-6)) < 1e-4);
  }
  assert.throws(() => utteranceVersions({ samples: new Float32Array(0), sampleRate: 16_000 }), RangeError);
  assert.throws(() => utteranceVersions(buzz(), { speeds: [1, 0] }), /speeds must be above 0, got 0/);
});

test('silence at the ends does not count', () => {
  const [near, far] = [0.1, 0.5].map((silence) => utteranceVersions(buzz(1.2, silence), { speeds: [1] }));
  assert.ok(Math.abs(at(near, 'duration') - at(far, 'duration')) < 0.07);
  assert.ok(Math.abs(at(near, 'mfcc1.median') - at(far, 'mfcc1.median')) < 2);
});

test('a version is slower and lower by its speed, as the sound itself played that way', () => {
  const signal = buzz();
  const both = utteranceVersions(signal, { speeds: [1, 0.8] });
  const [original, slow] = [both.subarray(0, 1894), both.subarray(1894)];
  const played = utteranceVersions({ ...resample(signal, 20_000), sampleRate: 16_000 }, { speeds: [1] });
  assert.ok(Math.abs(at(slow, 'duration') - at(original, 'duration') / 0.8) < 0.001);
  assert.ok(Math.abs(at(slow, 'pitch.median') - at(original, 'pitch.median') - Math.log2(0.8)) < 0.01);
  for (const name of ['mel5.median', 'mfcc2.median', 'spectralCentroid.median', 'level.median', 'pitch.median']) {
    const [found, expected] = [at(slow, name), at(played, name)];
    assert.ok(Math.abs(found - expected) < 0.02 * Math.abs(expected) + 0.1, `${name}: ${found} and ${expected}`);
  }
});
