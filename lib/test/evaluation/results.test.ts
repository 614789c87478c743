import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { formatCsv, parseCsv } from '../../csv';
import { EMOTIONS } from '../../data/labels';
import { SerError } from '../../errors';
import { type ResultRow, readResults, writeResults } from '../../evaluation/reports/results';
import { Random } from '../../random';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'results-'));
after(() => fs.rmSync(folder, { recursive: true }));

/** Softmax outputs as a model gives them: float32, from nearly 0 to nearly 1. */
function makeRow(seed: number): ResultRow {
  const random = new Random(seed, 'results.test');
  const weights = EMOTIONS.map(() => Math.exp(12 * random.uniform(-1, 1)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return {
    file: `03-01-06-01-02-01-${String(1 + (seed % 24)).padStart(2, '0')}.wav`,
    actor: 1 + (seed % 24),
    truth: random.pick(EMOTIONS),
    predicted: random.pick(EMOTIONS),
    probabilities: Float32Array.from(weights, (weight) => weight / sum),
  };
}

function writeLines(change: (lines: string[]) => void): string {
  const file = path.join(folder, 'changed.csv');
  writeResults(file, [makeRow(1), makeRow(2)]);
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  change(lines);
  fs.writeFileSync(file, lines.join('\n'));
  return file;
}

function assertRefused(file: string, message: RegExp): void {
  assert.throws(
    () => readResults(file),
    (error) => {
      assert.ok(error instanceof SerError && error.code === 'bad-artefact', String(error));
      assert.match(error.message, message);
      return true;
    },
  );
}

test('results are read as they were written, bit for bit, over 300 rows', () => {
  const file = path.join(folder, 'results.csv');
  const rows = Array.from({ length: 300 }, (_, seed) => makeRow(seed));
  writeResults(file, rows);
  assert.deepEqual(
    readResults(file),
    rows.map((row) => ({ ...row, probabilities: Array.from(row.probabilities) })),
  );
});

test('the header names file, actor, true, predicted and the eight emotions', () => {
  const file = path.join(folder, 'header.csv');
  writeResults(file, []);
  assert.equal(
    fs.readFileSync(file, 'utf8'),
    'file,actor,true,predicted,neutral,calm,happy,sad,angry,fearful,disgust,surprised\n',
  );
  assert.deepEqual(readResults(file), []);
});

test('probabilities have no more digits than float32 needs', () => {
  const file = path.join(folder, 'digits.csv');
  writeResults(file, [{ ...makeRow(1), probabilities: Float32Array.of(0.1, 0.2, 0.323456, 0.376544, 0, 0, 0, 0) }]);
  assert.match(fs.readFileSync(file, 'utf8'), /,0\.1,0\.2,0\.323456,0\.376544,0,0,0,0\n$/);
});

test('names with commas, quotes and line breaks survive', () => {
  const file = path.join(folder, 'names.csv');
  const name = 'my "best", take\n2.wav';
  writeResults(file, [{ ...makeRow(1), file: name }, makeRow(2)]);
  assert.deepEqual(
    readResults(file).map((row) => row.file),
    [name, makeRow(2).file],
  );
});

test('a file saved by a spreadsheet, with CRLF and a byte-order mark, is read', () => {
  const file = writeLines((lines) => {
    lines[0] = `\uFEFF${lines[0]}`;
    for (let line = 0; line < 3; line++) lines[line] += '\r';
  });
  assert.equal(readResults(file).length, 2);
});

test('readResults names the line and the column of a wrong value', () => {
  const replace = (column: number, value: string) =>
    writeLines((lines) => {
      const fields = lines[2].split(',');
      fields[column] = value;
      lines[2] = fields.join(',');
    });
  assertRefused(replace(0, ''), /file must be named, got "" in .*changed\.csv, line 3, column "file"/);
  assertRefused(replace(1, 'x'), /actor must be a whole number.*got "x".*line 3, column "actor"/);
  assertRefused(replace(2, 'happpy'), /true must be one of neutral.*got "happpy".*line 3, column "true"/);
  assertRefused(replace(3, ''), /line 3, column "predicted"/);
  assertRefused(replace(6, 'nan'), /probability of happy must be 0 to 1, got "nan".*line 3, column "happy"/);
  assertRefused(replace(6, ''), /line 3, column "happy"/);
  assertRefused(replace(6, '1.5'), /line 3, column "happy"/);
  assertRefused(replace(4, '0.9999'), /must add up to 1/);
});

test('readResults refuses another header, short lines, open quotes and a missing file', () => {
  assertRefused(
    writeLines((lines) => {
      lines[0] = lines[0].replace('calm', 'bored');
    }),
    /got "bored".*line 1, column "calm"/,
  );
  assertRefused(
    writeLines((lines) => {
      lines[1] = lines[1].slice(0, lines[1].lastIndexOf(','));
    }),
    /12 fields, got 11.*line 2/,
  );
  assertRefused(
    writeLines((lines) => {
      lines[1] = `"${lines[1]}`;
    }),
    /damaged.*line 2/,
  );
  assertRefused(path.join(folder, 'absent.csv'), /run 4-evaluate first/);
  fs.writeFileSync(path.join(folder, 'empty.csv'), '');
  assertRefused(path.join(folder, 'empty.csv'), /line 1, column "file"/);
});

test('writeResults refuses what readResults would refuse, and writes nothing then', () => {
  const file = path.join(folder, 'never.csv');
  const wrong: Partial<ResultRow>[] = [
    { actor: 0 },
    { probabilities: [1] },
    { probabilities: [Number.NaN, 1, 0, 0, 0, 0, 0, 0] },
    { probabilities: [1, 1, 0, 0, 0, 0, 0, 0] },
  ];
  for (const change of wrong) assert.throws(() => writeResults(file, [{ ...makeRow(1), ...change }]), RangeError);
  assert.ok(!fs.existsSync(file));
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

test('parseCsv counts lines inside quotes', () => {
  assert.deepEqual(parseCsv('"a\nb",c\nd,e'), [
    { line: 1, fields: ['a\nb', 'c'] },
    { line: 3, fields: ['d', 'e'] },
  ]);
});
