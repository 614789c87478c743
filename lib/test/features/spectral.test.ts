import assert from 'node:assert/strict';
import test from 'node:test';
import { rms } from '../../audio/rms';
import type { Signal } from '../../audio/signal';
import {
  spectralBandwidth,
  spectralCentroid,
  spectralFlatness,
  spectralRolloff,
} from '../../features/spectral/spectral';
import { spectralContrast } from '../../features/spectral/spectral-contrast';
import { magnitudeSpectrogram } from '../../features/spectral/spectrogram';
import { zeroCrossingRate } from '../../features/spectral/zero-crossing-rate';
import { deviationOf, featureGolden, type GoldenCase, isDefault, soundOf, titleOf } from '../support/feature-golden';

type Measure = (signal: Signal, entry: GoldenCase) => Float32Array;

/** The functions, with the parameters that librosa-features-golden.py gives them. */
const measures = {
  rms: (signal, { frameLength, hopLength }) => rms(signal, { frameLength, hopLength }),
  zeroCrossingRate: (signal, { frameLength, hopLength }) => zeroCrossingRate(signal, { frameLength, hopLength }),
  spectralCentroid: (signal, entry) => spectralCentroid(signal, lengths(entry)),
  spectralBandwidth: (signal, entry) =>
    spectralBandwidth(signal, { ...lengths(entry), ...(isDefault(entry) ? {} : { p: 3 }) }),
  spectralRolloff: (signal, entry) =>
    spectralRolloff(signal, { ...lengths(entry), ...(isDefault(entry) ? {} : { rollPercent: 0.5 }) }),
  spectralFlatness: (signal, entry) =>
    spectralFlatness(signal, { ...lengths(entry), ...(isDefault(entry) ? {} : { power: 1 }) }),
  spectralContrast: (signal, entry) =>
    spectralContrast(signal, {
      ...lengths(entry),
      ...(isDefault(entry) ? {} : { fmin: 300, bands: 4, quantile: 0.1, linear: true }),
    }).values,
} satisfies Record<string, Measure>;

function lengths({ frameLength, hopLength }: GoldenCase): { fftLength: number; hopLength: number } {
  return { fftLength: frameLength, hopLength };
}

for (const name of Object.keys(measures) as (keyof typeof measures)[]) {
  // The contrast of a flat spectrum is the rounding error of librosa's transform, some 1e-6 dB.
  const floor = name === 'spectralContrast' ? 1e-5 : 0;
  for (const entry of featureGolden.cases) {
    test(`${name} of ${titleOf(entry)} equals librosa within one part in 10,000`, (context) => {
      const deviation = deviationOf(measures[name](soundOf(entry), entry), entry.features[name], {
        floor,
        tolerance: 1e-4,
      });
      context.diagnostic(deviation.text);
      assert.ok(deviation.relative <= 1e-4, deviation.text);
    });
  }
}

const SINE: Signal = {
  samples: Float32Array.from({ length: 22_050 }, (_, i) => Math.sin((2 * Math.PI * 1000 * i) / 22_050)),
  sampleRate: 22_050,
};
const middle = (values: Float32Array): number => values[values.length >> 1];

test('descriptors read a shared spectrogram as they read the signal', () => {
  const spectrum = magnitudeSpectrogram(SINE, { fftLength: 1024, hopLength: 256 });
  assert.deepEqual([spectrum.frames, spectrum.coefficients], [87, 513]);
  const options = { fftLength: 1024, hopLength: 256 };
  for (const measure of [spectralCentroid, spectralBandwidth, spectralRolloff, spectralFlatness]) {
    assert.deepEqual(measure(spectrum), measure(SINE, options), measure.name);
  }
  assert.deepEqual(spectralContrast(spectrum), spectralContrast(SINE, options));
});

test('a full-scale sine of 1,000 Hz has the level, crossings and centroid that theory says', () => {
  assert.ok(Math.abs(middle(rms(SINE)) - Math.SQRT1_2) < 1e-3);
  assert.ok(Math.abs(middle(zeroCrossingRate(SINE)) - 2000 / 22_050) < 1e-3);
  assert.ok(Math.abs(middle(spectralCentroid(SINE)) - 1000) < 1);
  assert.ok(middle(spectralFlatness(SINE)) < 1e-4);
});

test('rms needs no common divisor of its lengths', () => {
  const ones = { samples: new Float32Array(1000).fill(1), sampleRate: 8000 };
  const levels = rms(ones, { frameLength: 101, hopLength: 37 });
  assert.equal(levels.length, 28);
  assert.ok(levels.subarray(2, 25).every((level) => Math.abs(level - 1) < 1e-6));
  assert.ok(Math.abs(levels[0] - Math.sqrt(51 / 101)) < 1e-6);
});

test('bandwidth takes a centroid of its own', () => {
  const spectrum = magnitudeSpectrogram(SINE);
  const elsewhere = new Float32Array(spectrum.frames).fill(2000);
  assert.ok(Math.abs(middle(spectralBandwidth(spectrum, { centroid: elsewhere })) - 1000) < 20);
});

test('descriptors refuse options out of their ranges and empty signals', () => {
  const empty = { samples: new Float32Array(0), sampleRate: 22_050 };
  assert.throws(() => rms(empty), /rms: the signal must not be empty/);
  assert.throws(() => zeroCrossingRate(empty), /zeroCrossingRate: the signal must not be empty/);
  assert.throws(() => spectralCentroid(empty), /must not be empty/);
  assert.throws(() => rms(SINE, { hopLength: 0 }), /hopLength must be a whole number above 0, got 0/);
  assert.throws(() => spectralRolloff(SINE, { rollPercent: 1 }), /rollPercent must be between 0 and 1, got 1/);
  assert.throws(() => spectralBandwidth(SINE, { p: 0 }), /p must be above 0, got 0/);
  assert.throws(() => spectralBandwidth(SINE, { centroid: new Float32Array(3) }), /must have 44 values/);
  assert.throws(() => spectralContrast(SINE, { bands: 7 }), /begin below 11025 Hz .* got 12800/);
  assert.throws(() => spectralContrast(SINE, { quantile: 0 }), /quantile must be between 0 and 1, got 0/);
});
