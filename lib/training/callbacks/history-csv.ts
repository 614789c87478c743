/** Training history as CSV. */
import fs from 'node:fs';
import { SerError } from '../../errors';
import { writeFile } from '../../files';
import { writingSync } from '../runs/disk-errors';
import type { Callback, Epoch } from './callback';

/** Options of `historyCsv`. */
export interface HistoryCsvOptions {
  /** Keeps the file's epochs before the first new one; default false. */
  append?: boolean;
}

/** Keras's names, in Keras's alphabetical order. */
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
 * Keras's CSVLogger, one row per epoch. Unlike Keras, epochs count from 1 and the file is replaced atomically.
 *
 * A resumed training keeps the rows up to its checkpoint, regardless of `append`.
 *
 * @throws SerError `bad-artefact` after the first epoch if rows are kept and the file is not such a table
 * @throws SerError `bad-training` if the file cannot be written, as on a full disk
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
      // An epoch trained again after an interrupt replaces its row.
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
