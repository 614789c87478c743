import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinSignals } from '../../audio/sound-stream';

test('joinSignals puts signals one after the other and tells where each begins', () => {
  const parts = [[1, 2], [3], [4, 5, 6]].map((values) => ({ samples: Float32Array.from(values), sampleRate: 2 }));
  const { signal, edges } = joinSignals(parts);
  assert.deepEqual([...signal.samples], [1, 2, 3, 4, 5, 6]);
  assert.equal(signal.sampleRate, 2);
  assert.deepEqual(edges, [0, 1, 1.5, 3]);
});

test('joinSignals refuses none, and different sample rates', () => {
  assert.throws(() => joinSignals([]), /joinSignals: signals must have one sample rate, got no signal/);
  const parts = [8000, 16_000].map((sampleRate) => ({ samples: new Float32Array(1), sampleRate }));
  assert.throws(() => joinSignals(parts), /got 8000 and 16000 Hz/);
});
