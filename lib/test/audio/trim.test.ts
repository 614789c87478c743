import assert from 'node:assert/strict';
import test from 'node:test';
import { trim } from '../../audio/effects/trim';
import { featureGolden, soundOf, titleOf } from '../support/feature-golden';

for (const entry of featureGolden.cases) {
  test(`trim of ${titleOf(entry)} at 30 dB keeps the samples that librosa keeps`, () => {
    const { frameLength, hopLength } = entry;
    const sound = soundOf(entry);
    const { signal, start, end } = trim(sound, { topDb: 30, frameLength, hopLength });
    assert.deepEqual([start, end], entry.trim);
    assert.deepEqual(signal, { ...sound, samples: sound.samples.subarray(start, end) });
  });
}

test('trim refuses options out of their ranges and an empty signal', () => {
  const sound = { samples: new Float32Array(4), sampleRate: 22_050 };
  assert.throws(() => trim(sound, { topDb: 0 }), /topDb must be above 0, got 0/);
  assert.throws(() => trim({ ...sound, samples: new Float32Array(0) }), /trim: the signal must not be empty/);
});
