/** Logs of a training: its history as columns and CSV, and scalars for TensorBoard. */
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from '../../errors';
import { writeFile } from '../../files';
import { writing } from '../runs/checkpoint';
import type { Callback, Epoch } from './callback';
import { openEventFile } from './event-file';

/** In Keras's alphabetical order. */
const COLUMNS = ['epoch', 'accuracy', 'learningRate', 'loss', 'seconds', 'valAccuracy', 'valLoss'] as const;
/** Keras's names of the columns. */
const HEADER = COLUMNS.map((name) => name.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`)).join(',');

/**
 * Converts a history to columns, for figures.
 *
 * @example historyColumns(history).valLoss // one number per epoch
 */
export function historyColumns({ epochs }: { epochs: readonly Epoch[] }): Record<keyof Epoch, number[]> {
  const columns = COLUMNS.map((name) => [name, epochs.map((epoch) => epoch[name])]);
  return Object.fromEntries(columns) as Record<keyof Epoch, number[]>;
}

/**
 * Keras's CSVLogger, one row per epoch. Unlike Keras, epochs count from 1 and the file is replaced atomically.
 *
 * A resumed training keeps the rows up to its checkpoint; any other replaces the file.
 *
 * @throws SerError `bad-artefact` after the first epoch if rows are kept and the file is not such a table
 * @throws SerError `bad-training` if the file cannot be written, as on a full disk
 */
export function historyCsv(file: string): Callback {
  let resumed = false;
  let rows: string[] | undefined;
  return {
    name: `historyCsv ${file}`,
    onEpochEnd(epoch) {
      rows ??= resumed ? readRows(file) : [];
      // An epoch trained again after an interrupt replaces its row.
      const before = rows.filter((row) => Number.parseInt(row, 10) < epoch.epoch);
      rows = [...before, COLUMNS.map((name) => epoch[name]).join(',')];
      const text = `${[HEADER, ...rows].join('\n')}\n`;
      writing('historyCsv', file, () => writeFile(file, text));
    },
    state: () => null,
    restore() {
      resumed = true;
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

/**
 * Logs loss, accuracy and learning rate by epoch for TensorBoard, with Keras's names, training and validation separately.
 *
 * @param folder parent of the folders `train` and `validation`, created at the end of the first epoch
 */
export function tensorBoard(folder: string): Callback {
  const train = openEventFile(path.join(folder, 'train'));
  const validation = openEventFile(path.join(folder, 'validation'));
  return {
    name: `tensorBoard ${folder}`,
    onEpochEnd({ epoch, loss, accuracy, valLoss, valAccuracy, learningRate }) {
      writing('tensorBoard', folder, () => {
        train(epoch, { epoch_loss: loss, epoch_accuracy: accuracy, epoch_learning_rate: learningRate });
        validation(epoch, { epoch_loss: valLoss, epoch_accuracy: valAccuracy });
      });
    },
  };
}
