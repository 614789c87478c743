import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flag, list, matching, number, object, oneOf, optional, type Schema, same, text, version } from '../schema';

const refuses = (schema: Schema<unknown>, value: unknown, message: string): void =>
  assert.throws(() => schema(value, 'at'), { message: `at must be ${message}` });

test('a number must be finite, whole where asked, and in its range', () => {
  assert.equal(number()(-1.5, ''), -1.5);
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, '1', null, undefined, [1]]) {
    assert.throws(() => number()(value, ''), /must be a finite number, got/);
  }
  refuses(number(), Number.NaN, 'a finite number, got NaN');
  refuses(number({ above: 0 }), 0, 'a finite number above 0, got 0');
  refuses(number({ from: 0, to: 1 }), 1.5, 'a finite number from 0 to 1, got 1.5');
  refuses(number({ from: 1, whole: true }), 1.5, 'a whole number from 1, got 1.5');
  assert.deepEqual(
    [0, 1].map((bound) => number({ from: 0, to: 1 })(bound, '')),
    [0, 1],
  );
});

test('a list has its length, its kind of items and, where asked, no item twice', () => {
  refuses(list(text, { length: 2 }), ['a'], 'a list of 2, got a list of 1');
  refuses(list(text, { least: 1 }), [], 'a list of at least 1, got a list of 0');
  refuses(list(text), { length: 1 }, 'a list, got {"length":1}');
  refuses(list(text, { distinct: true }), ['a', 'b', 'a'], 'a list without repetitions, got "a"');
  assert.throws(() => list(list(number()))([[1], [2, 'x']], 'rows'), /rows\[1\]\[1\] must be a finite number, got "x"/);
});

test('an object has all fields of its schema, its own and not inherited; others are left alone', () => {
  const schema = object({ name: text, age: optional(number()) });
  assert.deepEqual(schema({ name: 'a', more: 1 }, ''), { name: 'a', more: 1 });
  for (const value of [null, [], 'text', undefined])
    assert.throws(() => schema(value, ''), /the content must be an object/);
  assert.throws(() => schema({ name: 'a', age: 'old' }, 'them'), /them\.age must be a finite number, got "old"/);
  assert.throws(() => object({ toString: text })({}, ''), /toString must be a text, got nothing/);
});

test('other values are compared, and long ones cut in the message', () => {
  refuses(oneOf(['a', 'b']), 'c', 'one of a, b, got "c"');
  refuses(oneOf([1]), '1', '1, got "1"');
  refuses(version(2), 1, '2, the version that this code reads, got 1');
  refuses(flag, 'true', 'true or false, got "true"');
  refuses(matching('two digits', /^\d\d$/), '1', 'two digits, got "1"');
  refuses(
    same({ a: 1 }, 'that of version 1'),
    { a: 'x'.repeat(100) },
    `that of version 1, got {"a":"${'x'.repeat(51)}...`,
  );
});
