import assert from 'node:assert/strict';
import test from 'node:test';
import { resample } from '../../audio/resample/resample';
import { resampleStream } from '../../audio/resample/resample-stream';
import { inMemory } from '../../audio/sample-source';
import { joined, streamSamples } from '../../audio/sound-stream';
import { Random } from '../../random';
import { largestDifference } from '../support/golden-signals';

const random = new Random('resample stream');

for (const [rate, seconds] of [
  [48_000, 61.3],
  [44_100, 45],
  [22_050, 30],
  [16_000, 20.25],
  [16_000, 20.5],
  [44_056, 41],
  [8000, 0.01],
] as const) {
  test(`a stream of ${seconds} s at ${rate} Hz is resampled as the whole recording is`, async () => {
    const samples = Float32Array.from({ length: Math.round(rate * seconds) }, () => random.normal() / 4);
    const parts: Float32Array[] = [];
    for await (const part of resampleStream(streamSamples(inMemory({ samples, sampleRate: rate }), 'x'), 22_050)) {
      parts.push(part);
    }
    const whole = resample({ samples, sampleRate: rate }, 22_050).samples;
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    assert.equal(length, whole.length);
    assert.ok(largestDifference(joined(parts, length), whole) < 1e-5);
  });
}
