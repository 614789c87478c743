/** The numbers of every epoch as a table that any program reads. */
import fs from 'node:fs';
import { SerError } from '../errors';
import { writeFile } from '../files';
import type { Callback, Epoch } from './callbacks';
import { writingSync } from './writing';

/** Options of `historyCsv`. */
export interface HistoryCsvOptions {
  /** Keep the epochs that the file holds, up to the first that is written anew; default false. */
  append?: boolean;
}

/** Keras's names, in Keras's order, which is the alphabet's. */
const COLUMNS: readonly [string, keyof Epoch][] = [
  ['epoch', 'epoch'],
  ['accuracy', 'accuracy'],
  ['learning_rate', 'learningRate'],
  ['loss', 'loss'],
  ['seconds', 'seconds'],
  ['val_accuracy', 'valAccuracy'],
  ['val_loss', 'valLoss'],
];
const HEADER = COLUMNS.map(([column]) => column).join(',');

/**
 * Keras's CSVLogger, one row per epoch, but for epochs that count from 1 and files that are always whole.
 *
 * A resumed training keeps the rows up to its checkpoint, whatever `append` says.
 *
 * @throws SerError `bad-artefact` after the first epoch if rows are to be kept and the file is no such table
 * @throws SerError `bad-training` if the file cannot be written, such as on a full disk
 */
export function historyCsv(file: string, { append = false }: HistoryCsvOptions = {}): Callback {
  let keeps = append;
  let rows: string[] | undefined;
  return {
    name: `historyCsv ${file}`,
    onTrainBegin() {
      keeps = append;
      rows = undefined;
    },
    onEpochEnd(epoch) {
      rows ??= keeps ? readRows(file) : [];
      // An epoch that is trained again after an interruption takes the place of its row.
      const before = rows.filter((row) => Number.parseInt(row, 10) < epoch.epoch);
      rows = [...before, COLUMNS.map(([, number]) => String(epoch[number])).join(',')];
      const text = `${[HEADER, ...rows].join('\n')}\n`;
      writingSync('historyCsv', file, () => writeFile(file, text));
    },
    state: () => null,
    restore() {
      keeps = true;
    },
  };
}

function readRows(file: string): string[] {
  if (!fs.existsSync(file)) return [];
  const [header, ...rows] = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
  if (header !== HEADER) {
    throw new SerError(
      'bad-artefact',
      `historyCsv: ${file} must begin with "${HEADER}", got "${header}"; move it away`,
    );
  }
  return rows;
}
