import assert from 'node:assert/strict';
import test from 'node:test';
import { resample } from '../../audio/resample/resample';
import { librosaExamples } from '../../features/librosa-examples';
import { mfcc } from '../../features/mel/mfcc';
import { largestDifference } from '../support/golden-signals';

test('librosaExamples are nine sounds whose MFCCs ours equal within 0.001, one of them after resampling', (context) => {
  const examples = librosaExamples();
  assert.equal(examples.length, 9);
  assert.equal(examples.filter(({ signal }) => signal.sampleRate !== 22_050).length, 1);
  for (const { name, signal, mfcc: expected, tool } of examples) {
    assert.match(tool, /^librosa 0\.11\.0/);
    const actual = mfcc(resample(signal, 22_050));
    assert.deepEqual([actual.frames, actual.coefficients], [expected.frames, expected.coefficients]);
    const difference = largestDifference(actual.values, expected.values);
    context.diagnostic(`${name}: largest difference ${difference.toExponential(1)}`);
    assert.ok(difference <= 1e-3, `${name}: ${difference}`);
  }
});
