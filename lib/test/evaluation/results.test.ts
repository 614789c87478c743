import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { formatCsv, parseCsv } from '../../csv';
import { writeResults } from '../../evaluation/evaluate-run';
import { Random } from '../../random';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'results-'));
after(() => fs.rmSync(folder, { recursive: true }));

test('the header names file, actor, true, predicted and the eight emotions', () => {
  const file = path.join(folder, 'header.csv');
  writeResults(file, { clips: [], truth: [], predicted: [], probabilities: [] });
  assert.equal(
    fs.readFileSync(file, 'utf8'),
    'file,actor,true,predicted,neutral,calm,happy,sad,angry,fearful,disgust,surprised\n',
  );
});

test('probabilities have no more digits than float32 needs', () => {
  const file = path.join(folder, 'digits.csv');
  const name = '03-01-06-01-02-01-12.wav';
  writeResults(file, {
    clips: [{ name, fold: 1, actor: 12, sex: 'female', intensity: 'normal', statement: 2 }],
    truth: [5],
    predicted: [3],
    probabilities: [[0.1, 0.2, Math.fround(0.323456), Math.fround(0.376544), 0, 0, 0, 0]],
  });
  assert.match(
    fs.readFileSync(file, 'utf8'),
    /\n03-01-06-01-02-01-12\.wav,12,fearful,sad,0\.1,0\.2,0\.323456,0\.376544,0,0,0,0\n$/,
  );
});

test('parseCsv gives back the fields that formatCsv took, for 200 random tables', () => {
  const random = new Random(7, 'csv');
  for (let table = 0; table < 200; table++) {
    const records = Array.from({ length: random.integer(1, 4) }, () =>
      Array.from({ length: random.integer(2, 4) }, () =>
        Array.from({ length: random.integer(0, 4) }, () => random.pick(['a', '"', ',', '\n', '\r', ' ', 'é'])).join(''),
      ),
    );
    const parsed = parseCsv(formatCsv(records));
    assert.deepEqual(
      parsed.map(({ fields }) => fields),
      records,
    );
  }
});

test('parseCsv reads a file saved by a spreadsheet, with CRLF and a byte-order mark', () => {
  assert.deepEqual(
    parseCsv('\uFEFFa,b\r\nc,d\r\n').map(({ fields }) => fields),
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  );
});

test('parseCsv counts lines inside quotes', () => {
  assert.deepEqual(parseCsv('"a\nb",c\nd,e'), [
    { line: 1, fields: ['a\nb', 'c'] },
    { line: 3, fields: ['d', 'e'] },
  ]);
});
