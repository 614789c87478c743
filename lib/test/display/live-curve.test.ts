import assert from 'node:assert/strict';
import test from 'node:test';
import { type CurveEpoch, liveCurve } from '../../display/live/live-curve';

const epochs = (count: number): CurveEpoch[] =>
  Array.from({ length: count }, (_, index) => ({
    loss: 2 / (index + 1),
    accuracy: index / (count + 1),
    valLoss: 2,
    valAccuracy: 0.25,
  }));

/** The points of every line: loss of training, of validation; accuracy of training, of validation. */
const linesOf = (svg: string): number[][][] =>
  [...svg.matchAll(/<polyline points="([^"]*)"/g)].map(([, points]) =>
    points === '' ? [] : points.split(' ').map((point) => point.split(',').map(Number)),
  );

test('each line has a point for every finished epoch, and training one more for the epoch that goes on', () => {
  const finished = linesOf(liveCurve({ history: epochs(5), epochs: 8 }, ''));
  assert.deepEqual(
    finished.map((line) => line.length),
    [5, 5, 5, 5],
  );
  const running = linesOf(
    liveCurve({ history: epochs(5), running: { loss: 0.3, accuracy: 0.9, done: 0.5 }, epochs: 8 }, ''),
  );
  assert.deepEqual(
    running.map((line) => line.length),
    [6, 5, 6, 5],
  );
});

test('points match the axes', () => {
  const [losses, , accuracies] = linesOf(liveCurve({ history: epochs(10), epochs: 10 }, ''));
  const [first, last] = [losses[0], losses[9]];
  // Ten epochs fill the panel of 300 by 130 pixels, whose axis ends at 2 nats.
  assert.deepEqual(first, [46 + 30, 26]);
  assert.deepEqual(last, [46 + 300, 26 + 130 * 0.9]);
  assert.deepEqual(accuracies[0], [360 + 46 + 30, 26 + 130]);
});

test('the axis has the number of epochs asked for, from the first batch on', () => {
  const ends = (svg: string): string[] => [...svg.matchAll(/>epoch (\d+)</g)].map(([, epoch]) => epoch);
  for (const asked of [1, 3, 60]) {
    const svg = liveCurve({ history: epochs(1), epochs: asked }, '');
    assert.deepEqual(ends(svg), [`${asked}`, `${asked}`]);
    assert.equal(linesOf(svg)[0][0][0], 46 + 300 / asked);
    assert.equal(svg.match(/>0<\/text>/g)?.length, 4, 'each axis has one zero');
  }
});

test('a loss that is not a number is left out, and one beyond the axis cannot be', () => {
  const history = epochs(3);
  history[1].loss = Number.NaN;
  history[2].valLoss = Number.POSITIVE_INFINITY;
  const svg = liveCurve({ history, running: { loss: Number.NaN, accuracy: 0.5, done: 1 }, epochs: 8 }, '');
  assert.doesNotMatch(svg, /NaN|Infinity/);
  assert.deepEqual(
    linesOf(svg).map((line) => line.length),
    [2, 2, 4, 3],
  );
  const [losses] = linesOf(liveCurve({ history: [{ ...epochs(1)[0], loss: 7.3 }], epochs: 8 }, ''));
  assert.ok(losses[0][1] >= 26 && losses[0][1] <= 40, 'the axis ends at 7.5');
});

test('nothing is drawn before the first batch, and the label is safe', () => {
  const svg = liveCurve({ history: [], epochs: 8 }, 'a < "b"');
  assert.deepEqual(linesOf(svg), [[], [], [], []]);
  assert.ok(svg.includes('aria-label="a &lt; &quot;b&quot;"'));
  assert.doesNotMatch(svg, /<script/);
});

test('a hundred epochs take a few kilobytes', () => {
  assert.ok(liveCurve({ history: epochs(100), epochs: 100 }, '').length < 10_000);
});
