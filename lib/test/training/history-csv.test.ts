import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { SerError } from '../../errors';
import type { Epoch } from '../../training/callbacks/callback';
import { historyCsv } from '../../training/callbacks/logs';
import { DummyTraining, epochOf, golden } from '../support/keras-golden';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-history-csv-'));
after(() => fs.rmSync(folder, { recursive: true }));
const training = new DummyTraining();
after(() => training.model.dispose());

let made = 0;
const newFile = (): string => path.join(folder, `history-${++made}.csv`);

async function write(file: string, epochs: Epoch[], resumed = false): Promise<void> {
  const callback = historyCsv(file);
  if (resumed) callback.restore?.(null);
  for (const epoch of epochs) await callback.onEpochEnd(epoch, training);
}

/** Column names, and the numbers of every row. */
function parse(text: string): { columns: string[]; rows: number[][] } {
  const [header, ...lines] = text.trimEnd().split('\n');
  return { columns: header.split(','), rows: lines.map((line) => line.split(',').map(Number)) };
}
const without = <T>(items: T[], place: number): T[] => items.filter((_, index) => index !== place);
const epochsIn = (file: string): number[] => parse(fs.readFileSync(file, 'utf8')).rows.map(([epoch]) => epoch);

test("historyCsv writes Keras's columns and numbers, but for epochs from 1 and the time", async () => {
  const file = newFile();
  const epochs = golden.csv.rows.map((row, index) => ({
    epoch: index + 1,
    loss: row.loss,
    accuracy: row.accuracy,
    valLoss: row.val_loss,
    valAccuracy: row.val_accuracy,
    learningRate: row.learning_rate,
    seconds: 1.5,
  }));
  await write(file, epochs.slice(0, 2));
  await write(file, epochs.slice(2), true);
  const keras = parse(golden.csv.text);
  const { columns, rows } = parse(fs.readFileSync(file, 'utf8'));
  const seconds = columns.indexOf('seconds');
  assert.deepEqual(without(columns, seconds), keras.columns);
  assert.deepEqual(
    rows.map((row) => without(row, seconds)),
    keras.rows.map(([epoch, ...numbers]) => [epoch + 1, ...numbers]),
  );
  assert.ok(rows.every((row) => row[seconds] === 1.5));
});

test('the file is whole after every epoch and begins anew with every training', async () => {
  const file = newFile();
  const callback = historyCsv(file);
  await callback.onEpochEnd(epochOf(1, 2), training);
  assert.deepEqual(epochsIn(file), [1]);
  await callback.onEpochEnd(epochOf(2, 1), training);
  assert.deepEqual(epochsIn(file), [1, 2]);
  await write(file, [epochOf(1, 3)]);
  assert.deepEqual(epochsIn(file), [1]);
});

test('a resumed training keeps the rows before its checkpoint and replaces those after it', async () => {
  const file = newFile();
  await write(file, [epochOf(1, 3), epochOf(2, 2), epochOf(3, 1)]);
  await write(file, [epochOf(2, 2.5)], true);
  assert.deepEqual(epochsIn(file), [1, 2]);
  const { columns, rows } = parse(fs.readFileSync(file, 'utf8'));
  assert.equal(rows[1][columns.indexOf('val_loss')], 2.5);
});

test('numbers keep every digit', async () => {
  const file = newFile();
  await write(file, [epochOf(1, 1 / 3)]);
  assert.ok(fs.readFileSync(file, 'utf8').includes(String(1 / 3)));
});

test('a resumed historyCsv does not append to what is no such table, and leaves it as it is', async () => {
  const file = newFile();
  fs.writeFileSync(file, 'name,grade\nAda,1\n');
  await assert.rejects(write(file, [epochOf(1, 1)], true), (error: unknown) => {
    assert.ok(error instanceof SerError && error.code === 'bad-artefact');
    assert.match(error.message, /historyCsv: .* must begin with "epoch,.*", got "name,grade"; move it away/);
    return true;
  });
  assert.equal(fs.readFileSync(file, 'utf8'), 'name,grade\nAda,1\n');
});
