import assert from 'node:assert/strict';
import test from 'node:test';
import { forEachAutocorrelation } from '../../features/pitch/autocorrelation';
import { PitchPath } from '../../features/pitch/pitch-path';
import { pyin } from '../../features/pitch/pyin';
import { differences, yin } from '../../features/pitch/yin';
import { Random } from '../../random';
import { type Deviation, deviationOf, featureGolden, soundOf, titleOf } from '../support/feature-golden';

/**
 * In the four frames that hold a lone click nothing repeats: the troughs that librosa finds are its rounding errors,
 * so that their place, and a probability of up to 0.01, are left to chance.
 */
const SHARE = new Map([['click', 4 / 104]]);

/** Relative. */
const TOLERANCE = { tolerance: 1e-4 };

for (const entry of featureGolden.cases) {
  const { fmin, fmax, frameLength, hopLength, features } = entry;
  const share = SHARE.get(entry.name) ?? 0;
  const check = (deviation: Deviation): void => {
    assert.ok(share > 0 ? deviation.share <= share : deviation.relative <= 1e-4, deviation.text);
  };

  test(`yin of ${titleOf(entry)} equals librosa within one part in 10,000`, (context) => {
    const deviation = deviationOf(yin(soundOf(entry), { fmin, fmax, frameLength, hopLength }), features.yin, TOLERANCE);
    context.diagnostic(deviation.text);
    check(deviation);
  });

  test(`pyin of ${titleOf(entry)} equals librosa: pitch, voicing and its probability`, (context) => {
    const track = pyin(soundOf(entry), { fmin, fmax, frameLength, hopLength });
    const pitch = deviationOf(track.f0, features.pyin, TOLERANCE);
    context.diagnostic(`pitch: ${pitch.text}`);
    assert.ok(pitch.relative <= 1e-4, pitch.text);
    const flags = features.pyin.values.map((value) => (value === null ? 0 : 1));
    assert.deepEqual([...track.voicedFlag], flags);
    const probability = deviationOf(track.voicedProbability, features.voicedProbability, TOLERANCE);
    context.diagnostic(`voiced probability: ${probability.text}`);
    assert.ok(probability.absolute <= (share > 0 ? 0.011 : 1e-4), probability.text);
    check(probability);
  });
}

test('the autocorrelation by blocks and by frames equals the sum of products', () => {
  const samples = Float32Array.from({ length: 1500 }, (_, i) => Math.sin(i / 7) + Math.cos(i * i));
  for (const [frameLength, hopLength, lags] of [
    [512, 128, 100],
    [512, 128, 200],
    [300, 77, 100],
    [256, 256, 90],
  ]) {
    const frames = 1 + Math.floor(samples.length / hopLength);
    let visited = 0;
    forEachAutocorrelation(samples, { frames, frameLength, hopLength, lags }, (frame, correlation) => {
      assert.equal(frame, visited++);
      const start = frame * hopLength - frameLength / 2;
      for (const lag of [0, 1, 37, lags]) {
        let sum = 0;
        for (let n = start; n + lag < start + frameLength; n++) sum += (samples[n] ?? 0) * (samples[n + lag] ?? 0);
        assert.ok(Math.abs(correlation[lag] - sum) < 1e-9, `${frameLength}/${hopLength}: frame ${frame}, lag ${lag}`);
      }
    });
    assert.equal(visited, frames);
  }
});

/** The best path by a search of every pair of states, with the probabilities of librosa.pyin. */
function exhaustive(
  observed: Float64Array[],
  unvoiced: number[],
  { bins, width, switchProbability }: { bins: number; width: number; switchProbability: number },
): number[] {
  const reach = (width - 1) / 2;
  const triangle = (from: number, to: number): number => Math.max(0, reach + 1 - Math.abs(from - to));
  const step = (from: number, to: number): number => {
    let sum = 0;
    for (let bin = 0; bin < bins; bin++) sum += triangle(from % bins, bin);
    const changes = from < bins !== to < bins;
    return ((changes ? switchProbability : 1 - switchProbability) * triangle(from % bins, to % bins)) / sum;
  };
  const log = (probability: number): number => Math.log(probability + 2.2250738585072014e-308);
  const emission = (frame: number, state: number): number =>
    log(state < bins ? observed[frame][state] : unvoiced[frame]);
  let score = Array.from({ length: 2 * bins }, (_, state) => emission(0, state) + log(1 / (2 * bins)));
  const origins: number[][] = [];
  for (let frame = 1; frame < observed.length; frame++) {
    const ways = score.map((_, to) => score.map((value, from) => value + log(step(from, to))));
    origins.push(ways.map((way) => way.indexOf(Math.max(...way))));
    score = ways.map((way, to) => Math.max(...way) + emission(frame, to));
  }
  const states = [score.indexOf(Math.max(...score))];
  for (const origin of origins.reverse()) states.unshift(origin[states[0]]);
  return states;
}

const grid = { bins: 23, width: 7, switchProbability: 0.05 };
function bestPath(observed: Float64Array[], unvoiced: number[]): number[] {
  const path = new PitchPath({ ...grid, frames: observed.length });
  observed.forEach((row, frame) => {
    path.add(row, unvoiced[frame]);
  });
  return [...path.best()];
}

test('PitchPath finds the path that a search of every pair of states finds', () => {
  const random = new Random(1);
  for (let round = 0; round < 20; round++) {
    const observed = Array.from({ length: 12 }, () =>
      Float64Array.from({ length: grid.bins }, () => (random.uniform() < 0.2 ? random.uniform(0, 0.3) : 0)),
    );
    const unvoiced = observed.map((row) => Math.max(0, 1 - row.reduce((sum, x) => sum + x, 0)) / grid.bins);
    assert.deepEqual(bestPath(observed, unvoiced), exhaustive(observed, unvoiced, grid));
  }
});

test('PitchPath jumps out of reach if nothing else explains the frames', () => {
  const places = [2, 2, 2, 20, 20, 20];
  const observed = places.map((place) => Float64Array.from({ length: grid.bins }, (_, bin) => (bin === place ? 1 : 0)));
  const unvoiced = places.map(() => 0);
  assert.deepEqual(bestPath(observed, unvoiced), places);
  assert.deepEqual(exhaustive(observed, unvoiced, grid), places);
});

test('the differences are those of librosa: the energy of the first samples taken away, but not of a single one', () => {
  const random = new Random(2);
  const samples = Float32Array.from({ length: 256 }, (_, i) => (i === 64 ? 3 : random.uniform(-1, 1)));
  const bounds = { fmin: 100, fmax: 2000, frameLength: 128, hopLength: 64 };
  const { minPeriod, forEach } = differences('test', { samples, sampleRate: 8000 }, bounds);
  assert.equal(minPeriod, 4);
  forEach((frame, values) => {
    const x = (n: number): number => (n < 128 ? (samples[(frame - 1) * 64 + n] ?? 0) : 0);
    const sum = (count: number, term: (n: number) => number): number => {
      let total = 0;
      for (let n = 0; n < count; n++) total += term(n);
      return total;
    };
    let cumulative = 0;
    for (let period = 1; period <= 80; period++) {
      const first = period === 1 ? 0 : sum(period, (n) => x(n) ** 2);
      const difference = 2 * sum(128, (n) => x(n) ** 2 - x(n) * x(n + period)) - first;
      cumulative += difference;
      if (period < 4) continue;
      const expected = difference / (cumulative / period);
      assert.ok(Math.abs(values[period - 4] - expected) < 1e-6, `frame ${frame}, period ${period}`);
    }
  });
});

test('pitch tracking refuses bounds and options out of their ranges', () => {
  const sound = soundOf({ name: 'sines', sampleRate: 22_050, samples: 4096 });
  assert.throws(() => yin(sound, { fmin: 65, fmax: 20_000 }), /yin: fmax must be up to 11025 Hz/);
  assert.throws(() => yin(sound, { fmin: 600, fmax: 500 }), /yin: fmin must be above 0 and below fmax, got 600/);
  assert.throws(() => yin(sound, { fmin: 5, fmax: 500 }), /yin: fmin must be above 10.8 Hz, got 5/);
  assert.throws(() => yin(sound, { fmin: 65, fmax: 500, troughThreshold: 0 }), /troughThreshold must be above 0/);
  assert.throws(() => pyin({ ...sound, samples: new Float32Array(0) }, { fmin: 65, fmax: 500 }), /pyin: the signal/);
  assert.throws(() => pyin(sound, { fmin: 65, fmax: 500, resolution: 1 }), /resolution must be between 0 and 1/);
  assert.throws(() => pyin(sound, { fmin: 65, fmax: 500, thresholds: 0 }), /thresholds must be a whole number/);
  assert.throws(() => pyin(sound, { fmin: 100, fmax: 120 }), /a step of 101 pitches must fit the grid of 32/);
});
