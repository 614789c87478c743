import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../random';

const draw = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.uniform());

test('the same seed gives the same numbers, and any part of a seed changes them', () => {
  assert.deepEqual(draw(new Random(11, 'noise', 'a.wav'), 5), draw(new Random(11, 'noise', 'a.wav'), 5));
  for (const other of [new Random(12, 'noise', 'a.wav'), new Random(11, 'pitch', 'a.wav'), new Random(11, 'noise')]) {
    assert.notDeepEqual(draw(other, 5), draw(new Random(11, 'noise', 'a.wav'), 5));
  }
  assert.notDeepEqual(draw(new Random('1', '2'), 5), draw(new Random('12'), 5));
});

test('fillNormal gives what as many calls of normal give, and leaves the stream where they leave it', () => {
  const [one, other] = [new Random(5), new Random(5)];
  const values = one.fillNormal(new Float64Array(200_000));
  for (const [i, value] of values.entries()) assert.equal(value, other.normal(), `${i}`);
  assert.ok(
    values.some((x) => Math.abs(x) > 3.5),
    'the tail is reached',
  );
  assert.deepEqual(one.snapshot(), other.snapshot());
});

test('uniform numbers fill their range evenly and normal ones have mean 0 and deviation 1', () => {
  const random = new Random(1);
  const tenths = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) tenths[Math.floor(random.uniform() * 10)]++;
  for (const count of tenths) assert.ok(Math.abs(count - 10_000) < 500, `${tenths}`);
  const normal = Array.from({ length: 100_000 }, () => random.normal());
  const mean = normal.reduce((sum, x) => sum + x, 0) / normal.length;
  const variance = normal.reduce((sum, x) => sum + x * x, 0) / normal.length;
  assert.ok(Math.abs(mean) < 0.02 && Math.abs(variance - 1) < 0.03, `${mean} ${variance}`);
  assert.ok(normal.some((x) => x > 3) && normal.some((x) => x < -3));
});

test('integer includes both ends, and shuffle keeps every item and leaves its input alone', () => {
  const random = new Random(2);
  const seen = new Set(Array.from({ length: 200 }, () => random.integer(-1, 2)));
  assert.deepEqual([...seen].sort(), [-1, 0, 1, 2]);
  const items = Array.from({ length: 50 }, (_, i) => i);
  const shuffled = random.shuffle(items);
  assert.notDeepEqual(shuffled, items);
  assert.deepEqual(
    [...shuffled].sort((a, b) => a - b),
    items,
  );
  assert.equal(items[0], 0);
});
