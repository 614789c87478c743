import assert from 'node:assert/strict';
import test from 'node:test';
import { warpFrequency } from '../../features/mel/mel';
import { melSpectrogram, mfcc } from '../../features/mel/mfcc';
import { vocalTractBatch } from '../../features/mel/vocal-tract';
import { Random } from '../../random';
import { soundOf } from '../support/feature-golden';

const RATE = 22_050;

test('warpFrequency follows Jaitly and Hinton: scaled up to the border, then a line to half the sample rate', () => {
  // α = 1.1: border 4,800 / 1.1; beyond it the line from (4,363.6, 4,800) to (11,025, 11,025).
  assert.ok(Math.abs(warpFrequency(1000, 1.1, RATE) - 1100) < 1e-9);
  assert.ok(Math.abs(warpFrequency(4800 / 1.1, 1.1, RATE) - 4800) < 1e-9);
  const slope = (11_025 - 4800) / (11_025 - 4800 / 1.1);
  assert.ok(Math.abs(warpFrequency(8000, 1.1, RATE) - (11_025 - slope * 3025)) < 1e-9);
  // α = 0.9: border 4,800, where the frequency becomes 4,320.
  assert.ok(Math.abs(warpFrequency(4800, 0.9, RATE) - 4320) < 1e-9);
});

test('warpFrequency keeps the order of frequencies and both ends of the spectrum', () => {
  for (const rate of [8000, 16_000, RATE, 48_000]) {
    for (const factor of [0.8, 0.9, 1, 1.1, 1.25]) {
      assert.equal(warpFrequency(0, factor, rate), 0);
      assert.ok(Math.abs(warpFrequency(rate / 2, factor, rate) - rate / 2) < 1e-9);
      let before = -1;
      for (let hertz = 0; hertz <= rate / 2; hertz += 50) {
        const warped = warpFrequency(hertz, factor, rate);
        assert.ok(warped > before, `${hertz} Hz by ${factor} at ${rate} Hz`);
        before = warped;
      }
    }
  }
});

test('a factor of 1.1 moves a tone of 1,000 Hz to the band of a tone of 909 Hz', () => {
  const strongest = (hertz: number, vocalTractFactor: number): number => {
    const samples = Float32Array.from({ length: 8192 }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / RATE));
    const { values, coefficients } = melSpectrogram({ samples, sampleRate: RATE }, { vocalTractFactor });
    const row = values.subarray(8 * coefficients, 9 * coefficients);
    return row.indexOf(Math.max(...row));
  };
  assert.equal(strongest(1000, 1.1), strongest(1000 / 1.1, 1));
  assert.equal(strongest(1000, 0.9), strongest(1000 / 0.9, 1));
  assert.notEqual(strongest(1000, 1.1), strongest(1000, 1));
});

test('a factor of 1 changes nothing, and factors are drawn from 0.9 to 1.1 by seed', () => {
  const sound = soundOf({ name: 'speech', sampleRate: RATE, samples: 8192 });
  assert.deepEqual(melSpectrogram(sound, { vocalTractFactor: 1 }), melSpectrogram(sound));
  const short = { samples: new Float32Array(1), sampleRate: RATE };
  const { factors } = vocalTractBatch(new Array(300).fill(short), new Random(2), { fftLength: 128, melBands: 20 });
  assert.ok(Math.min(...factors) >= 0.9 && Math.min(...factors) < 0.91);
  assert.ok(Math.max(...factors) <= 1.1 && Math.max(...factors) > 1.09);
  assert.equal(vocalTractBatch([short], new Random(2)).factors[0], factors[0]);
});

test('factors and spreads out of their ranges are refused', () => {
  assert.throws(() => warpFrequency(100, 0, RATE), /factor must be above 0, got 0/);
  assert.throws(() => vocalTractBatch([], new Random(1), { spread: 1 }), /spread must be from 0 to below 1, got 1/);
});

test('a batch of voices has the MFCCs of each with its own factor, one after the other, by seed', () => {
  const sounds = ['speech', 'vibrato'].map((name) => soundOf({ name, sampleRate: RATE, samples: 8192 }));
  const { frames, coefficients, values, factors } = vocalTractBatch(sounds, new Random(4), { coefficients: 13 });
  assert.deepEqual([frames, coefficients, values.length], [17, 13, 2 * 17 * 13]);
  assert.notEqual(factors[0], factors[1]);
  for (const [i, sound] of sounds.entries()) {
    const own = mfcc(sound, { coefficients: 13, vocalTractFactor: factors[i] });
    assert.deepEqual(values.subarray(i * 17 * 13, (i + 1) * 17 * 13), own.values);
  }
  assert.deepEqual(vocalTractBatch(sounds, new Random(4), { coefficients: 13 }).values, values);
  assert.deepEqual(vocalTractBatch([], new Random(4)).values.length, 0);
  const longer = { samples: new Float32Array(9000), sampleRate: RATE };
  assert.throws(() => vocalTractBatch([sounds[0], longer], new Random(4)), /every signal must have 17 frames, got 18/);
});
