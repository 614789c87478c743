import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { Random } from '../../random';
import { type ClipPrediction, readPredictions, writePredictions } from '../../training/runs/predictions';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-predictions-'));
after(() => fs.rmSync(folder, { recursive: true }));
const file = path.join(folder, 'predictions.csv');

function row(seed: number): ClipPrediction {
  const random = new Random(seed, 'predictions');
  const weights = Array.from({ length: 8 }, () => Math.exp(12 * random.uniform(-1, 1)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const probabilities = Array.from(Float32Array.from(weights, (weight) => weight / sum));
  return { clip: `03-01-06-01-02-01-${10 + (seed % 15)}.wav`, fold: 1 + (seed % 5), truth: 'fearful', probabilities };
}

test('predictions are read as they were written, bit for bit', () => {
  const rows = Array.from({ length: 300 }, (_, seed) => row(seed));
  writePredictions(file, rows);
  assert.deepEqual(readPredictions(file), rows);
  const [header] = fs.readFileSync(file, 'utf8').split('\n');
  assert.equal(header, 'clip,fold,true,neutral,calm,happy,sad,angry,fearful,disgust,surprised');
});

test('writePredictions refuses what a column cannot hold, naming the row', () => {
  const wrong: [Partial<ClipPrediction>, RegExp][] = [
    [{ fold: 0 }, /fold must be a whole number from 1, got 0 in row 1/],
    [{ clip: '' }, /clip must be named/],
    [{ truth: 'bored' as 'sad' }, /true must be one of neutral, .*, got "bored"/],
    [{ probabilities: [0.5, 0.5] }, /there must be 8 probabilities, got 2/],
    [{ probabilities: [Number.NaN, 0, 0, 0, 0, 0, 0, 1] }, /the probability of neutral must be 0 to 1, got NaN/],
    [{ probabilities: [0.5, 0, 0, 0, 0, 0, 0, 0] }, /must add up to 1/],
  ];
  for (const [change, message] of wrong) {
    assert.throws(() => writePredictions(file, [row(1), { ...row(2), ...change }]), message);
  }
});

test('readPredictions names line and column of what is wrong, and the way out', () => {
  const changed = (change: (text: string) => string): string => {
    writePredictions(file, [row(1), row(2)]);
    fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')));
    return file;
  };
  const refused = (change: (text: string) => string, message: RegExp): void =>
    assert.throws(() => readPredictions(changed(change)), { code: 'bad-artefact', message });
  refused((text) => text.replace('fold', 'part'), /line 1, column "fold"; run 3-train again/);
  refused((text) => text.replace(/,3,fearful/, ',,fearful'), /fold must be a whole number from 1, got "" in .*line 3/);
  refused((text) => `${text}a,b\n`, /a line must have 11 fields, got 2 in .*line 4/);
  refused((text) => text.replace('fearful,', '"fear"ful,'), /is damaged/);
  assert.throws(() => readPredictions(path.join(folder, 'none.csv')), /no predictions in .*; run 3-train first/);
});
