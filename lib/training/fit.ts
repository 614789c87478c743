/** The training loop: seeded, interruptible and resumable. */
import { TRAINING } from '../config';
import { SerError } from '../errors';
import { onInterrupt, pause } from '../interrupt';
import type { tf } from '../tensorflow';
import type { Callback, Epoch } from './callbacks/callback';
import type { Dataset } from './dataset';
import type { AdamWOptions } from './optimizer';
import { evaluateModel } from './predict-rows';
import { type EpochPosition, readCheckpoint, trainingFingerprint, writeCheckpoint } from './runs/checkpoint';
import { TrainingState } from './state';
import { type StepOptions, Stepper } from './step';

/** Options of `fit`. */
export interface FitOptions extends StepOptions {
  train: Dataset;
  validation: Dataset;
  /** Maximum number of epochs, int > 0; default 60. */
  epochs?: number;
  /** Rows per step; default 140. */
  batchSize?: number;
  /** Adam's learning rate, until a callback changes it; default 0.01. */
  learningRate?: number;
  /** Adam's other hyperparameters; default Keras's, without weight decay or clipping. */
  optimizer?: Omit<AdamWOptions, 'learningRate'>;
  /**
   * Momentum of a moving average of the weights, from 0 to 1. Validation and the result use the average in place of the
   * last weights. Default none.
   */
  weightAverage?: number;
  /** Seed of row order, mixup and augmentation; default 11. */
  seed?: number;
  callbacks?: Callback[];
  /** Checkpoint file, written after every epoch; training resumes from it if it exists. Default none. */
  checkpoint?: string;
  /** Ends training after the current batch when aborted, as Ctrl-C does; default Ctrl-C alone. */
  interrupt?: AbortSignal;
  /** Called after every batch. */
  onBatch?: (progress: BatchProgress) => void;
}

/** Options with their defaults. */
export type ResolvedOptions = FitOptions &
  Required<Pick<FitOptions, 'epochs' | 'batchSize' | 'learningRate' | 'seed' | 'callbacks'>>;

/** Training progress. */
export interface BatchProgress {
  epoch: number;
  epochs: number;
  /** From 1, within the epoch. */
  batch: number;
  batches: number;
  /** Running means of the epoch. */
  loss: number;
  accuracy: number;
  /** Of the next batch. */
  learningRate: number;
  rowsPerSecond: number;
  /** Seconds until all epochs are done, at this speed. */
  secondsLeft: number;
  /** The finished epochs. */
  history: readonly Epoch[];
}

/** Epochs of a training and the reason for its end. */
export interface History {
  epochs: Epoch[];
  /** The epoch with the lowest validation loss, from 1; 0 without epochs. */
  best: number;
  /** Reason for the end. */
  ended: string;
}

/** Reason given when training is interrupted by Ctrl-C or by the notebook. */
export const INTERRUPTED = 'interrupted';

/**
 * Trains a model on categorical cross-entropy with Adam; the model keeps the last epoch's weights, or their average.
 *
 * Ctrl-C, or interrupting the cell, ends training after the current batch and returns the epochs so far. With a
 * `checkpoint`, the same call resumes there; after a crash, it resumes from the last finished epoch. The final weights
 * equal those of an uninterrupted training, bit for bit (test/training/resume.test.ts).
 *
 * @throws SerError `bad-training` naming epoch and batch if the loss is not a number, or if a checkpoint cannot be written
 * @throws SerError `bad-artefact` if the checkpoint is of another training or damaged
 */
export async function fit(model: tf.LayersModel, options: FitOptions): Promise<History> {
  const resolved: ResolvedOptions = { ...TRAINING, callbacks: [], ...options };
  checkOptions(resolved);
  const { train, epochs, batchSize, callbacks, checkpoint } = resolved;
  const state = new TrainingState(model, resolved);
  const { optimizer, history } = state;
  const identity = checkpoint === undefined ? {} : trainingFingerprint(model, resolved);
  const found = checkpoint === undefined ? undefined : readCheckpoint(checkpoint, identity);
  if (found) state.restore(found);
  const save = (): void => {
    if (checkpoint === undefined) return;
    const states = callbacks.map((callback) => callback.state?.() ?? null);
    writeCheckpoint(checkpoint, { identity, ...state.snapshot(), callbacks: states });
  };
  const stepper = new Stepper({ model, optimizer, data: train, options, streams: state.streams });
  let signalled = false;
  const ignoreInterrupts = await onInterrupt(() => {
    signalled = true;
  });
  const interrupted = (): boolean => signalled || options.interrupt?.aborted === true;
  try {
    for (const callback of callbacks) callback.onTrainBegin?.(state);
    found?.callbacks.forEach((saved, index) => {
      callbacks[index].restore?.(saved);
    });
    while (history.length < epochs && state.ended === undefined && !interrupted()) {
      const epoch = history.length + 1;
      state.position ??= startOf(state.streams.order.shuffle(Array.from(train.labels.keys())));
      const position = state.position;
      const batches = Math.ceil(position.order.length / batchSize);
      const started = performance.now() - 1000 * position.seconds;
      let rate = optimizer.learningRate;
      while (position.batches < batches && state.ended === undefined && !interrupted()) {
        const rows = position.order.slice(position.batches * batchSize, (position.batches + 1) * batchSize);
        rate = optimizer.learningRate;
        const { loss, correct } = stepper.step(rows);
        const batch = ++position.batches;
        if (!Number.isFinite(loss)) throw notANumber(loss, epoch, batch, train, rows);
        for (const callback of callbacks) callback.onBatchEnd?.(state);
        state.average?.update();
        position.loss += loss * rows.length;
        position.correct += correct;
        position.seen += rows.length;
        position.seconds = (performance.now() - started) / 1000;
        const rowsPerSecond = position.seen / position.seconds;
        const rowsLeft = (epochs - history.length) * position.order.length - position.seen;
        options.onBatch?.({
          ...{ epoch, epochs, batch, batches, ...meansOf(position), history },
          ...{ learningRate: optimizer.learningRate, rowsPerSecond, secondsLeft: rowsLeft / rowsPerSecond },
        });
        // Yields to the event loop, for interrupts and display updates.
        await pause();
      }
      if (position.batches < batches) break;
      await state.averaged(async () => {
        const { loss: valLoss, accuracy: valAccuracy } = evaluateModel(model, options.validation);
        const seconds = (performance.now() - started) / 1000;
        const done = { epoch, ...meansOf(position), valLoss, valAccuracy, learningRate: rate, seconds };
        history.push(done);
        for (const callback of callbacks) await callback.onEpochEnd(done, state);
      });
      state.position = undefined;
      save();
    }
    if (interrupted() && state.ended === undefined && state.position) save();
    state.average?.apply();
  } finally {
    ignoreInterrupts();
    stepper.dispose();
  }
  const losses = history.map(({ valLoss }) => valLoss);
  const best = losses.indexOf(Math.min(...losses)) + 1;
  return { epochs: history, best, ended: interrupted() ? INTERRUPTED : (state.ended ?? `all ${epochs} epochs done`) };
}

/** The start of an epoch with its rows in this order. */
const startOf = (order: number[]): EpochPosition => ({ batches: 0, order, loss: 0, correct: 0, seen: 0, seconds: 0 });

const meansOf = ({ loss, correct, seen }: EpochPosition): { loss: number; accuracy: number } => ({
  loss: loss / seen,
  accuracy: correct / seen,
});

/** Error that names the batch, and the row whose features caused it, if any. */
function notANumber(loss: number, epoch: number, batch: number, data: Dataset, rows: readonly number[]): SerError {
  const size = data.frames * data.coefficients;
  const bad = rows.find((row) => !data.features.subarray(row * size, (row + 1) * size).every(Number.isFinite));
  const way =
    bad === undefined
      ? 'try a lower learning rate'
      : `row ${bad}, of clip ${data.clips[bad]}, holds a value that is not finite: compute the features again`;
  const found = `the loss must be a number, got ${loss} in epoch ${epoch}, batch ${batch}`;
  return new SerError('bad-training', `fit: ${found}; ${way}`);
}

function checkOptions({ train, validation, epochs, batchSize }: ResolvedOptions): void {
  for (const [name, value] of Object.entries({ epochs, batchSize })) {
    if (!(Number.isInteger(value) && value > 0)) throw new RangeError(`fit: ${name} must be 1 or more, got ${value}`);
  }
  for (const [side, { labels }] of Object.entries({ train, validation })) {
    if (labels.length === 0) throw new RangeError(`fit: the ${side} side must have rows, got none`);
  }
}
