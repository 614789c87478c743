import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { resample } from '../../audio/resample/resample';
import { readJson } from '../../files';
import { fixtures, largestDifference } from '../support/golden-signals';

const TAU = 2 * Math.PI;
const SECONDS = 0.5;

function sound(rate: number, at: (time: number) => number): { samples: Float32Array; sampleRate: number } {
  return { samples: Float32Array.from({ length: rate * SECONDS }, (_, i) => at(i / rate)), sampleRate: rate };
}

const decibels = (ratio: number): number => 20 * Math.log10(ratio + 1e-12);

/** The middle three fifths, where the ends ring no more. */
const middle = (samples: Float32Array): [number, number] =>
  [samples.length * 0.2, samples.length * 0.8].map(Math.floor) as [number, number];

/** Level of the middle in decibels of a full sine. */
function level(samples: Float32Array): number {
  const [start, end] = middle(samples);
  let sum = 0;
  for (let i = start; i < end; i++) sum += samples[i] ** 2;
  return decibels(Math.sqrt((2 * sum) / (end - start)));
}

/** A tone's level, and the level of all that is not the tone, by least squares over the middle. */
function toneAndRest(samples: Float32Array, hertz: number, rate: number): { tone: number; rest: number } {
  const [start, end] = middle(samples);
  let [ss, sc, cc, sx, cx] = [0, 0, 0, 0, 0];
  for (let i = start; i < end; i++) {
    const [s, c] = [Math.sin((TAU * hertz * i) / rate), Math.cos((TAU * hertz * i) / rate)];
    ss += s * s;
    sc += s * c;
    cc += c * c;
    sx += s * samples[i];
    cx += c * samples[i];
  }
  const determinant = ss * cc - sc * sc;
  const [a, b] = [(sx * cc - cx * sc) / determinant, (cx * ss - sx * sc) / determinant];
  let rest = 0;
  for (let i = start; i < end; i++) {
    const phase = (TAU * hertz * i) / rate;
    rest += (samples[i] - a * Math.sin(phase) - b * Math.cos(phase)) ** 2;
  }
  return { tone: decibels(Math.hypot(a, b)), rest: decibels(Math.sqrt((2 * rest) / (end - start))) };
}

const rates = [48_000, 44_100, 32_000, 16_000, 8000];
const pairs = [
  ...rates.flatMap((rate) => [
    [rate, 22_050],
    [22_050, rate],
  ]),
  [96_000, 22_050],
  [36_000, 22_050],
  [11_127, 22_050],
  [22_050, 11_127],
];

for (const [from, to] of pairs) {
  const nyquist = Math.min(from, to) / 2;

  test(`resample from ${from} to ${to} Hz is flat within 0.01 dB to 0.913 of the lower Nyquist frequency`, (context) => {
    let [ripple, residue] = [0, Number.NEGATIVE_INFINITY];
    for (const share of [0.01, 0.1, 0.3, 0.5, 0.7, 0.8, 0.85, 0.88, 0.9, 0.913]) {
      const { samples } = resample(
        sound(from, (t) => Math.sin(TAU * share * nyquist * t)),
        to,
      );
      const { tone, rest } = toneAndRest(samples, share * nyquist, to);
      ripple = Math.max(ripple, Math.abs(tone));
      residue = Math.max(residue, rest);
    }
    context.diagnostic(`ripple ${ripple.toFixed(4)} dB, all beside the tone at most ${residue.toFixed(1)} dB`);
    assert.ok(ripple <= 0.01, `ripple ${ripple} dB`);
    assert.ok(residue < -120, `images and errors ${residue} dB`);
  });

  if (to >= from) continue;
  test(`resample from ${from} to ${to} Hz keeps out what is above the new band, by 120 dB`, (context) => {
    let tones = Number.NEGATIVE_INFINITY;
    for (const share of [1.0001, 1.001, 1.01, 1.05, 1.1, 1.3, 1.7, 2.1]) {
      if (share * nyquist >= from / 2) continue;
      const { samples } = resample(
        sound(from, (t) => Math.sin(TAU * share * nyquist * t)),
        to,
      );
      tones = Math.max(tones, level(samples));
    }
    const [low, high] = [1.001 * nyquist, 0.499 * from];
    const { samples } = resample(
      sound(from, (t) => Math.sin(TAU * (low * t + ((high - low) / SECONDS / 2) * t * t))),
      to,
    );
    const chirp = level(samples);
    context.diagnostic(`tones at most ${tones.toFixed(1)} dB, a chirp ${chirp.toFixed(1)} dB`);
    assert.ok(tones < -120, `tones ${tones} dB`);
    assert.ok(chirp < -120, `chirp ${chirp} dB`);
  });
}

/** What resample-golden.py wrote. */
interface ResampleGolden {
  pairs: {
    from: number;
    to: number;
    first: number[];
    samples: number;
    segments: { start: number; values: number[] }[];
    abrupt: { samples: number; start: number[]; end: number[] };
  }[];
}
const golden = readJson<ResampleGolden>(path.join(fixtures, 'resample-golden.json'));

/** The sound of the same name in resample-golden.py. */
function voice(rate: number): { samples: Float32Array; sampleRate: number } {
  const harmonics = Math.ceil((0.49 * rate) / 137) - 1;
  return sound(rate, (t) => {
    let sum = 0;
    for (let k = 1; k <= harmonics; k++) sum += Math.sin(TAU * 137 * k * t + k * k) / Math.sqrt(k);
    return 0.1 * 0.5 * (1 - Math.cos(TAU * 6 * t)) * sum;
  });
}

for (const { from, to, first, samples, segments } of golden.pairs) {
  test(`resample from ${from} to ${to} Hz agrees with librosa by 80 dB and more, up to the band's end`, (context) => {
    const original = voice(from);
    assert.ok(largestDifference(original.samples.subarray(1000, 1004), first) < 1e-6, 'the formula is the same');
    const resampled = resample(original, to);
    assert.equal(resampled.samples.length, samples);
    let [signal, error] = [0, 0];
    for (const { start, values } of segments) {
      for (const [i, value] of values.entries()) {
        signal += value ** 2;
        error += (resampled.samples[start + i] - value) ** 2;
      }
    }
    const ratio = 10 * Math.log10(signal / error);
    context.diagnostic(`signal to difference ${ratio.toFixed(1)} dB`);
    assert.ok(ratio >= 80, `${ratio} dB`);
  });
}

for (const { from, to, abrupt } of golden.pairs) {
  test(`resample from ${from} to ${to} Hz agrees with librosa in the first samples and the last`, (context) => {
    const samples = Float32Array.from(
      { length: Math.floor(0.1 * from) + 7 },
      (_, i) => 0.1 + 0.4 * Math.cos((TAU * 300 * i) / from),
    );
    const resampled = resample({ samples, sampleRate: from }, to).samples;
    assert.equal(resampled.length, abrupt.samples);
    const start = largestDifference(resampled.subarray(0, abrupt.start.length), abrupt.start);
    const end = largestDifference(resampled.subarray(-abrupt.end.length), abrupt.end);
    context.diagnostic(`largest difference: start ${start.toExponential(1)}, end ${end.toExponential(1)}`);
    assert.ok(Math.max(start, end) < 1e-4, `start ${start}, end ${end}`);
  });
}
