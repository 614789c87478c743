/** Logs for TensorBoard. */
import path from 'node:path';
import { tf } from '../tensorflow';
import type { Callback } from './callbacks';

/** Logs that TensorBoard opens: loss, accuracy and learning rate by epoch, training and validation apart. */
export function tensorBoard(folder: string): Callback {
  const train = tf.node.summaryFileWriter(path.join(folder, 'train'));
  const validation = tf.node.summaryFileWriter(path.join(folder, 'validation'));
  return {
    name: `tensorBoard ${folder}`,
    onEpochEnd({ epoch, loss, accuracy, valLoss, valAccuracy, learningRate }) {
      train.scalar('epoch_loss', loss, epoch);
      train.scalar('epoch_accuracy', accuracy, epoch);
      train.scalar('epoch_learning_rate', learningRate, epoch);
      validation.scalar('epoch_loss', valLoss, epoch);
      validation.scalar('epoch_accuracy', valAccuracy, epoch);
      train.flush();
      validation.flush();
    },
  };
}
