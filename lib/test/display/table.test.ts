import assert from 'node:assert/strict';
import { test } from 'node:test';
import { table } from '../../display/table';

test('table aligns text to the left, numbers to the right, and fractions to the same digits', () => {
  const text = table(
    [
      { protocol: 'by actor', clips: 1440, uar: 0.4125 },
      { protocol: 'original', clips: 12, uar: 1 },
    ],
    { title: 'Results', note: 'practice corpus: synthetic voices' },
  )['text/plain'];
  assert.equal(
    text,
    [
      'Results',
      '(practice corpus: synthetic voices)',
      'protocol  clips    uar',
      '────────  ─────  ─────',
      'by actor  1,440  0.413',
      'original     12  1.000',
    ].join('\n'),
  );
});

test('table shows missing values and NaN as a dash, and very small numbers as powers of ten', () => {
  const text = table([{ a: 'x', b: Number.NaN }, { a: undefined, b: 0.00001 }, { a: 'y' }])['text/plain'];
  assert.deepEqual(
    text
      .split('\n')
      .slice(2)
      .map((line) => line.split(/\s+/)),
    [
      ['x', '–'],
      ['–', '1.0e-5'],
      ['y', '–'],
    ],
  );
});

test('table escapes what it shows in HTML and names its columns to screen readers', () => {
  const html = table([{ '<name>': '<script>' }], { title: 'A & B' })['text/html'];
  assert.doesNotMatch(html, /<script>|<name>/);
  assert.match(html, /<caption.*A &amp; B.*<th scope="col".*&lt;name&gt;.*&lt;script&gt;/);
});

test('long column names break at spaces, and the first column stays on one line', () => {
  const html = table([{ protocol: 'random-clip, leaky', 'test rows with a copy in training': 3 }])['text/html'];
  assert.match(html, /<span style="[^"]*max-width:9em[^"]*">test rows with a copy in training<\/span><\/th>/);
  assert.doesNotMatch(html.replace(/<td.*$/, ''), /nowrap/);
  assert.match(html, /<td style="[^"]*white-space:nowrap;[^"]*">random-clip, leaky<\/td><td style="(?![^"]*nowrap)/);
});
