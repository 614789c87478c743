import assert from 'node:assert/strict';
import test from 'node:test';
import { hertzToMelHtk, melFilters, melToHertzHtk } from '../../features/mel/mel';
import { type FeatureMatrix, melSpectrogram, mfcc } from '../../features/mel/mfcc';
import { deviationOf, featureGolden, type GoldenFeature, soundOf } from '../support/feature-golden';

const htk = { melBands: 40, fmin: 50, fmax: 8000, htk: true } as const;

/** Every 13th frame, as the golden file keeps them. */
function picked({ frames, coefficients, values }: FeatureMatrix): number[] {
  const rows: number[] = [];
  for (let frame = 0; frame < frames; frame += 13) {
    rows.push(...values.subarray(frame * coefficients, (frame + 1) * coefficients));
  }
  return rows;
}

for (const [name, expected] of Object.entries(featureGolden.cepstra)) {
  const sound = soundOf({ name, sampleRate: 22_050, samples: 52_920 });
  const cases: [string, () => ArrayLike<number>, GoldenFeature, number][] = [
    ['mfcc with a lifter of 22', () => mfcc(sound, { coefficients: 13, lifter: 22 }).values, expected.lifted, 1e-3],
    ['mfcc on HTK bands', () => mfcc(sound, { ...htk, coefficients: 13, norm: null }).values, expected.htkMfcc, 1e-3],
    ['melSpectrogram on HTK bands', () => picked(melSpectrogram(sound, { ...htk, norm: null })), expected.htkMel, 0],
  ];
  for (const [what, compute, golden, floor] of cases) {
    test(`${what} of "${name}" equals librosa within ${floor || 'one part in 1,000'}`, (context) => {
      const deviation = deviationOf(compute(), golden, { floor });
      context.diagnostic(deviation.text);
      assert.ok(floor > 0 ? deviation.absolute <= floor : deviation.relative <= 1e-3, deviation.text);
    });
  }
}

test('the HTK scale gives about 1,000 mel to 1,000 Hz and is undone by its inverse', () => {
  assert.ok(Math.abs(hertzToMelHtk(1000) - 1000) < 0.1);
  for (const hertz of [0, 50, 1000, 8000]) assert.ok(Math.abs(melToHertzHtk(hertzToMelHtk(hertz)) - hertz) < 1e-9);
});

test('filters keep to their bounds, and to a height of 1 without a norm', () => {
  const filters = melFilters({ sampleRate: 22_050, fftLength: 2048, melBands: 20, fmin: 300, fmax: 4000, norm: null });
  const hertz = (bin: number): number => (bin * 22_050) / 2048;
  for (const { start, weights } of filters) {
    assert.ok(hertz(start) >= 300 && hertz(start + weights.length - 1) <= 4000);
    assert.ok(Math.max(...weights) <= 1 && Math.max(...weights) > 0.8);
  }
});

test('melSpectrogram with a norm and without one are kept apart', () => {
  const sound = soundOf({ name: 'speech', sampleRate: 22_050, samples: 4096 });
  assert.notDeepEqual(melSpectrogram(sound, { norm: null }), melSpectrogram(sound));
  assert.deepEqual(melSpectrogram(sound, { norm: 'slaney', htk: false, fmin: 0 }), melSpectrogram(sound));
});

test('mel options out of their ranges are refused', () => {
  const sound = soundOf({ name: 'speech', sampleRate: 22_050, samples: 4096 });
  assert.throws(() => melSpectrogram(sound, { fmax: 12_000 }), /fmax must be up to 11025 Hz/);
  assert.throws(() => melSpectrogram(sound, { fmin: 9000, fmax: 8000 }), /fmin must be 0 to below fmax, got 9000/);
  assert.throws(() => mfcc(sound, { lifter: -1 }), /lifter must be at least 0, got -1/);
});
