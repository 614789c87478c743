/** What happens between epochs, with Keras's names and rules. tfjs lacks most of these. */
import path from 'node:path';
import { TRAINING } from '../config';
import { saveModel } from '../model/model-file';
import { tf } from '../tensorflow';

/** The numbers of one epoch. */
export interface Epoch {
  /** From 1. */
  epoch: number;
  /** Mean cross-entropy over the epoch's batches, while the weights changed. */
  loss: number;
  accuracy: number;
  /** On the validation side, after the epoch. */
  valLoss: number;
  valAccuracy: number;
  /** The rate that the epoch was trained with. */
  learningRate: number;
  seconds: number;
}

/** What a callback may look at and change. */
export interface Training {
  readonly model: tf.LayersModel;
  /** Takes effect from the next batch on. */
  learningRate: number;
  /** Ends the training after this epoch. */
  stop(reason: string): void;
}

/** Called after each epoch. */
export interface Callback {
  onEpochEnd(epoch: Epoch, training: Training): void | Promise<void>;
  /** Called once, however the training ends. */
  onTrainEnd?(): void;
}

/** Options of `reduceLearningRateOnPlateau`. */
export interface PlateauOptions {
  /** The rate is multiplied by this, between 0 and 1; default 0.6. */
  factor?: number;
  /** Epochs without improvement until then, int > 0; default 5. */
  patience?: number;
  /** The rate never falls below this; default 1e-8. */
  minimum?: number;
  /** Smaller improvements don't count; default 1e-4, as in Keras. */
  minDelta?: number;
}

/** Keras's ReduceLROnPlateau on the validation loss. */
export function reduceLearningRateOnPlateau(options: PlateauOptions = {}): Callback {
  const { factor, patience, minimum, minDelta = 1e-4 } = { ...TRAINING.plateau, ...options };
  if (!(factor > 0 && factor < 1)) {
    throw new RangeError(`reduceLearningRateOnPlateau: factor must be between 0 and 1, got ${factor}`);
  }
  let best = Number.POSITIVE_INFINITY;
  let wait = 0;
  return {
    onEpochEnd({ valLoss }, training) {
      if (valLoss < best - minDelta) {
        best = valLoss;
        wait = 0;
        return;
      }
      wait++;
      if (wait >= patience && training.learningRate > minimum) {
        training.learningRate = Math.max(training.learningRate * factor, minimum);
        wait = 0;
      }
    },
  };
}

/** Keras's EarlyStopping on the validation loss. */
export function earlyStopping({ patience = TRAINING.patience }: { patience?: number } = {}): Callback {
  let best = Number.POSITIVE_INFINITY;
  let wait = 0;
  return {
    onEpochEnd({ epoch, valLoss }, training) {
      if (valLoss < best) {
        best = valLoss;
        wait = 0;
        return;
      }
      wait++;
      // Keras never stops after the first epoch.
      if (wait >= patience && epoch > 1) training.stop(`the validation loss did not fall for ${patience} epochs`);
    },
  };
}

/** Keras's ModelCheckpoint with save_best_only, on the validation loss: the folder holds the best model so far. */
export function modelCheckpoint(folder: string): Callback {
  let best = Number.POSITIVE_INFINITY;
  return {
    async onEpochEnd({ valLoss }, { model }) {
      if (!(valLoss < best)) return;
      best = valLoss;
      await saveModel(model, folder);
    },
  };
}

/** Logs that TensorBoard opens: loss, accuracy and learning rate by epoch, training and validation apart. */
export function tensorBoard(folder: string): Callback {
  const train = tf.node.summaryFileWriter(path.join(folder, 'train'));
  const validation = tf.node.summaryFileWriter(path.join(folder, 'validation'));
  return {
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
