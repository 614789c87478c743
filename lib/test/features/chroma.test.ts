import assert from 'node:assert/strict';
import test from 'node:test';
import { chroma } from '../../features/spectral/chroma';
import { magnitudeSpectrogram } from '../../features/spectral/spectrogram';
import { estimateTuning } from '../../features/spectral/tuning';
import { deviationOf, featureGolden, isDefault, soundOf, titleOf } from '../support/feature-golden';

for (const entry of featureGolden.cases) {
  const lengths = { fftLength: entry.frameLength, hopLength: entry.hopLength };

  test(`chroma of ${titleOf(entry)} equals librosa within one part in 10,000`, (context) => {
    const options = isDefault(entry) ? {} : { chromaBins: 24, norm: 2 };
    const features = chroma(soundOf(entry), { ...lengths, ...options, tuning: 0 });
    const { frames, coefficients } = entry.features.chroma;
    assert.deepEqual([features.frames, features.coefficients], [frames, coefficients]);
    const deviation = deviationOf(features.values, entry.features.chroma, { tolerance: 1e-4 });
    context.diagnostic(deviation.text);
    assert.ok(deviation.relative <= 1e-4, deviation.text);
  });

  // A click's spectrum is flat: librosa finds peaks in its rounding errors, this one finds none.
  if (entry.name === 'click') continue;
  test(`estimateTuning of ${titleOf(entry)} finds the bin that librosa finds`, (context) => {
    const tuning = estimateTuning(magnitudeSpectrogram(soundOf(entry), lengths));
    context.diagnostic(`${tuning}, librosa ${entry.tuning}`);
    assert.ok(Math.abs(tuning - entry.tuning) < 1e-9, `${tuning}, librosa ${entry.tuning}`);
  });
}

test('chroma by default is tuned by estimateTuning', () => {
  const entry = featureGolden.cases[0];
  const spectrum = magnitudeSpectrogram(soundOf(entry));
  const tuning = estimateTuning(spectrum);
  assert.deepEqual(chroma(spectrum), chroma(spectrum, { tuning }));
  assert.notDeepEqual(chroma(spectrum), chroma(spectrum, { tuning: tuning + 0.3 }));
});

test('a tone of 440 Hz is an A in every octave', () => {
  for (const hertz of [220, 440, 880]) {
    const samples = Float32Array.from({ length: 11_025 }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / 22_050));
    const { values } = chroma({ samples, sampleRate: 22_050 }, { tuning: 0 });
    const frame = values.subarray(10 * 12, 11 * 12);
    assert.equal(frame.indexOf(1), 9, `${hertz} Hz`);
  }
});

test('a tone a quarter of a semitone sharp has a tuning of 0.25', () => {
  const hertz = 440 * 2 ** (0.25 / 12);
  const samples = Float32Array.from({ length: 22_050 }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / 22_050));
  const tuning = estimateTuning(magnitudeSpectrogram({ samples, sampleRate: 22_050 }));
  assert.ok(Math.abs(tuning - 0.25) < 0.035, `${tuning}`);
});

test('frames are divided by the chosen norm, and options out of their ranges are refused', () => {
  const sound = soundOf({ ...featureGolden.cases[0], samples: 4096 });
  const one = chroma(sound, { tuning: 0, norm: 1 });
  const strongest = chroma(sound, { tuning: 0 });
  const row = strongest.values.subarray(36, 48);
  const total = row.reduce((sum, value) => sum + value, 0);
  assert.equal(Math.max(...row), 1);
  row.forEach((value, i) => {
    assert.ok(Math.abs(value / total - one.values[36 + i]) < 1e-6);
  });
  assert.throws(() => chroma(sound, { chromaBins: 0 }), /chromaBins must be a whole number above 0, got 0/);
  assert.throws(() => chroma(sound, { norm: -1 }), /norm must be above 0, got -1/);
});
