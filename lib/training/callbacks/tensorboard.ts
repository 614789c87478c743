/** Logs for TensorBoard. */
import path from 'node:path';
import { writingSync } from '../runs/disk-errors';
import type { Callback } from './callback';
import { EventFile } from './event-file';

/**
 * Logs loss, accuracy and learning rate by epoch for TensorBoard, with Keras's names, training and validation separately.
 *
 * @param folder parent of the folders `train` and `validation`, created at the end of the first epoch
 */
export function tensorBoard(folder: string): Callback {
  const train = new EventFile(path.join(folder, 'train'));
  const validation = new EventFile(path.join(folder, 'validation'));
  return {
    name: `tensorBoard ${folder}`,
    onEpochEnd({ epoch, loss, accuracy, valLoss, valAccuracy, learningRate }) {
      writingSync('tensorBoard', folder, () => {
        train.write(epoch, { epoch_loss: loss, epoch_accuracy: accuracy, epoch_learning_rate: learningRate });
        validation.write(epoch, { epoch_loss: valLoss, epoch_accuracy: valAccuracy });
      });
    },
  };
}
