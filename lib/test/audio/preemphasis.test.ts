import assert from 'node:assert/strict';
import test from 'node:test';
import { type PreemphasisOptions, preemphasis } from '../../audio/effects/preemphasis';
import { deviationOf, featureGolden, soundOf } from '../support/feature-golden';

const cases: Record<string, PreemphasisOptions> = {
  default: {},
  'coefficient 0.9 from 0': { coefficient: 0.9, initial: 0 },
};

for (const [name, expected] of Object.entries(featureGolden.preemphasis)) {
  for (const [what, options] of Object.entries(cases)) {
    test(`preemphasis (${what}) of "${name}" equals librosa within 1e-7 or one part in 1,000`, (context) => {
      const { samples } = preemphasis(soundOf({ name, sampleRate: 22_050, samples: 400 }), options);
      // The difference of two nearly equal samples is rounded to the precision of the samples.
      const deviation = deviationOf(samples, { values: expected[what] }, { floor: 1e-7 });
      context.diagnostic(deviation.text);
      assert.ok(deviation.relative <= 1e-3, deviation.text);
    });
  }
}

test('preemphasis with coefficient 0 and no initial value changes nothing', () => {
  const sound = soundOf({ name: 'noise', sampleRate: 22_050, samples: 400 });
  assert.deepEqual(preemphasis(sound, { coefficient: 0, initial: 0 }), sound);
});

test('preemphasis refuses coefficients out of range and signals too short to extend', () => {
  const sound = { samples: Float32Array.of(1, 2, 3), sampleRate: 22_050 };
  assert.throws(() => preemphasis(sound, { coefficient: 1.1 }), /coefficient must be 0 to 1, got 1.1/);
  assert.throws(() => preemphasis({ ...sound, samples: Float32Array.of(1) }), /at least 2 samples, got 1/);
});
