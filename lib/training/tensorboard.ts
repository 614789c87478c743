/** Logs for TensorBoard. */
import path from 'node:path';
import type { Callback } from './callbacks';
import { EventFile } from './event-file';
import { writingSync } from './writing';

/**
 * Logs that TensorBoard opens: loss, accuracy and learning rate by epoch, training and validation apart, under the
 * names that Keras's TensorBoard gives them.
 *
 * @param folder gets the folders `train` and `validation` at the end of the first epoch
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
