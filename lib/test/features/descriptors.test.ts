import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe } from '../../features/descriptors';
import { Random } from '../../random';
import { sine } from '../support/example-figures';

const RATE = 22_050;
const DESCRIPTOR_NAMES = ['rms', 'zeroCrossings', 'spectralCentroid'] as const;
const MIDDLE = 20; // a frame that lies wholly inside a signal of one second

const near = (actual: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `expected ${expected} ± ${tolerance}, got ${actual}`);

test('describe gives a value per hop, at the times of the centred frames', () => {
  const result = describe(sine(440, 1));
  assert.equal(result.times.length, 1 + Math.floor(RATE / 512));
  near(result.times[1], 512 / RATE, 1e-6);
  for (const name of DESCRIPTOR_NAMES) {
    assert.equal(result[name].length, result.times.length, name);
  }
});

test('describe measures the level: 1 for ones, amplitude over √2 for a sine', () => {
  near(describe({ samples: new Float32Array(RATE).fill(1), sampleRate: RATE }).rms[MIDDLE], 1, 1e-6);
  near(describe(sine(440, 1)).rms[MIDDLE], 0.5 / Math.SQRT2, 1e-3);
});

test('describe finds a sine at its frequency in hertz, whatever the sample rate', () => {
  for (const sampleRate of [16_000, 22_050, 48_000]) {
    const result = describe(sine(1000, 1, sampleRate));
    near(result.spectralCentroid[MIDDLE], 1000, 10);
    near(result.zeroCrossings[MIDDLE], 2000, sampleRate / 2048);
  }
});

test('describe tells noise from a tone by its centroid', () => {
  const random = new Random(11);
  const noise = describe({
    samples: Float32Array.from({ length: RATE }, () => random.normal() * 0.1),
    sampleRate: RATE,
  });
  near(noise.spectralCentroid[MIDDLE], RATE / 4, 300);
});

test('describe finds all frequencies alike in a click: centroid half way', () => {
  const click = new Float32Array(RATE);
  click[MIDDLE * 512] = 1;
  const result = describe({ samples: click, sampleRate: RATE });
  near(result.spectralCentroid[MIDDLE], RATE / 4, 11); // a bin is 11 Hz wide
});

test('describe gives zeros, not NaN, for silence', () => {
  const result = describe({ samples: new Float32Array(RATE), sampleRate: RATE });
  for (const name of DESCRIPTOR_NAMES) {
    assert.ok(
      result[name].every((value) => value === 0),
      name,
    );
  }
});

test('describe gives finite values for a signal shorter than a frame, a constant and a click', () => {
  const click = new Float32Array(4096);
  click[2000] = 1;
  for (const samples of [new Float32Array(10).fill(0.1), new Float32Array(4096).fill(0.5), click]) {
    const result = describe({ samples, sampleRate: RATE });
    for (const name of DESCRIPTOR_NAMES) {
      assert.ok(result[name].every(Number.isFinite), name);
    }
  }
});

test('describe leaves its input untouched', () => {
  const signal = sine(440, 0.5);
  const before = signal.samples.slice();
  describe(signal);
  assert.deepEqual(signal.samples, before);
});

test('describe refuses an empty signal', () => {
  assert.throws(() => describe({ samples: new Float32Array(0), sampleRate: RATE }), RangeError);
});
