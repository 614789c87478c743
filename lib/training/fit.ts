/** The training loop: seeded, interruptible, resumable, without leaks. */
import { TRAINING } from '../config';
import { SerError } from '../errors';
import { pause } from '../interrupt';
import type { tf } from '../tensorflow';
import type { Callback, Epoch, Training } from './callbacks';
import { type EpochPosition, readCheckpoint, writeCheckpoint } from './checkpoint';
import type { Dataset } from './dataset';
import { type History, historyOf, INTERRUPTED } from './history';
import { trainingIdentity } from './identity';
import { watchInterrupts } from './interrupt';
import type { AdamWOptions } from './optimizer';
import { evaluateModel } from './predict-rows';
import { TrainingState } from './state';
import { type StepOptions, Stepper } from './step';

/** Options of `fit`. */
export interface FitOptions extends StepOptions {
  train: Dataset;
  validation: Dataset;
  /** At most; int > 0; default 60. */
  epochs?: number;
  /** Rows per step; default 140. */
  batchSize?: number;
  /** Adam's, until a callback changes it; default 0.01. */
  learningRate?: number;
  /** Adam's other numbers; default Keras's, without weight decay or clipping. */
  optimizer?: Omit<AdamWOptions, 'learningRate'>;
  /**
   * Momentum of an average of the weights, from 0 to 1, which is validated, kept and returned in place of the last
   * weights; default none.
   */
  weightAverage?: number;
  /** Seed of the order of the rows, of mixup and of augmentation; default 11. */
  seed?: number;
  callbacks?: Callback[];
  /** A file that the training is kept in after every epoch, and gone on from if it is there; default none. */
  checkpoint?: string;
  /** Ends the training after the current batch when it is aborted, as Ctrl-C does; default Ctrl-C alone. */
  interrupt?: AbortSignal;
  /** Called after every batch. */
  onBatch?: (progress: BatchProgress) => void;
}

/** How fast a training goes. */
export interface Pace {
  /** Of the next batch. */
  learningRate: number;
  rowsPerSecond: number;
  /** Until all epochs are done, at this speed. */
  secondsLeft: number;
}

/** Where a training stands. */
export interface BatchProgress extends Pace {
  epoch: number;
  epochs: number;
  /** From 1, within the epoch. */
  batch: number;
  batches: number;
  /** Running means over the epoch. */
  loss: number;
  accuracy: number;
  /** The finished epochs. */
  history: readonly Epoch[];
}

/**
 * Trains a model on categorical cross-entropy with Adam; the model keeps the last epoch's weights, or their average.
 *
 * Ctrl-C, or interrupting the cell, ends it after the current batch; the epochs so far are returned. With a
 * `checkpoint` it then goes on from there when called again, and after a crash from its last finished epoch. Either
 * way the final weights are the same as without a break, bit for bit (resume.test.ts).
 *
 * @throws SerError `bad-training` naming epoch and batch if the loss is not a number, or if a checkpoint cannot be written
 * @throws SerError `bad-artefact` if the checkpoint is of another training or damaged
 */
export async function fit(model: tf.LayersModel, options: FitOptions): Promise<History> {
  checkOptions(options);
  const { train, epochs = TRAINING.epochs, batchSize = TRAINING.batchSize, callbacks = [], checkpoint } = options;
  const state = new TrainingState(model, options);
  const { optimizer, history } = state;
  const identity = checkpoint === undefined ? {} : trainingIdentity(model, options);
  const found = checkpoint === undefined ? undefined : readCheckpoint(checkpoint, identity);
  if (found) state.restore(found);
  /** Why the training is over; an interrupt only puts it off. */
  let stop = found?.ended;
  const save = (): void => {
    const ended = stop === undefined ? {} : { ended: stop };
    const callbackStates = callbacks.map((callback) => callback.state?.() ?? null);
    if (checkpoint !== undefined) {
      writeCheckpoint(checkpoint, { identity, ...ended, ...state.snapshot(), callbacks: callbackStates });
    }
  };
  const training: Training = {
    model,
    get step() {
      return optimizer.step;
    },
    get learningRate() {
      return optimizer.learningRate;
    },
    set learningRate(rate) {
      optimizer.learningRate = rate;
    },
    stop: (reason) => {
      stop ??= reason;
    },
  };
  const stepper = new Stepper({ model, optimizer, data: train, options, streams: state.streams });
  const watch = await watchInterrupts();
  const interrupted = (): boolean => watch.signal.aborted || options.interrupt?.aborted === true;
  let begun = false;
  try {
    for (const callback of callbacks) callback.onTrainBegin?.(training);
    begun = true;
    found?.callbacks.forEach((saved, index) => {
      callbacks[index].restore?.(saved);
    });
    while (history.length < epochs && stop === undefined && !interrupted()) {
      const epoch = history.length + 1;
      state.position ??= startOf(state.streams.order.shuffle(Array.from(train.labels.keys())));
      const position = state.position;
      const batches = Math.ceil(position.order.length / batchSize);
      const started = performance.now() - 1000 * position.seconds;
      let rate = optimizer.learningRate;
      while (position.batches < batches && stop === undefined && !interrupted()) {
        const rows = position.order.slice(position.batches * batchSize, (position.batches + 1) * batchSize);
        rate = optimizer.learningRate;
        const { loss, correct } = stepper.step(rows);
        const batch = ++position.batches;
        for (const callback of callbacks) callback.onBatchEnd?.({ epoch, batch, loss }, training);
        if (!Number.isFinite(loss)) {
          // A callback may have ended the training instead; the batch counts for nothing then.
          if (stop === undefined) throw notANumber(loss, epoch, batch, train, rows);
          position.batches--;
          break;
        }
        state.average?.update();
        position.loss += loss * rows.length;
        position.correct += correct;
        position.seen += rows.length;
        position.seconds = (performance.now() - started) / 1000;
        options.onBatch?.({ epoch, epochs, batch, batches, ...meansOf(position), ...paceOf(state, epochs), history });
        // Lets the interrupt's signal and the display through.
        await pause();
      }
      if (position.batches < batches) break;
      await state.averaged(async () => {
        const { loss: valLoss, accuracy: valAccuracy } = evaluateModel(model, options.validation);
        const seconds = (performance.now() - started) / 1000;
        const done = { epoch, ...meansOf(position), valLoss, valAccuracy, learningRate: rate, seconds };
        history.push(done);
        for (const callback of callbacks) await callback.onEpochEnd(done, training);
      });
      state.position = undefined;
      save();
    }
    if (interrupted() && stop === undefined && state.position) save();
    state.average?.apply();
  } finally {
    watch.end();
    if (begun) for (const callback of callbacks) await callback.onTrainEnd?.(training);
    optimizer.dispose();
    stepper.dispose();
  }
  return historyOf(history, interrupted() ? INTERRUPTED : (stop ?? `all ${epochs} epochs done`));
}

/** The start of an epoch with its rows in this order. */
const startOf = (order: number[]): EpochPosition => ({
  ...{ batches: 0, order },
  ...{ loss: 0, correct: 0, seen: 0, seconds: 0 },
});

const meansOf = ({ loss, correct, seen }: EpochPosition): { loss: number; accuracy: number } => ({
  loss: loss / seen,
  accuracy: correct / seen,
});

/** How fast it goes, and how long it will take if all epochs are needed. */
function paceOf({ optimizer, history, position }: TrainingState, epochs: number): Pace {
  const { seen, seconds, order } = position ?? startOf([]);
  const rowsLeft = (epochs - history.length) * order.length - seen;
  const rowsPerSecond = seen / seconds;
  return { learningRate: optimizer.learningRate, rowsPerSecond, secondsLeft: rowsLeft / rowsPerSecond };
}

/** The error that names the batch, and the row that is to blame if its features are. */
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

function checkOptions(options: FitOptions): void {
  const { train, validation, callbacks = [] } = options;
  const { epochs = TRAINING.epochs, batchSize = TRAINING.batchSize } = options;
  if (!(Number.isInteger(epochs) && epochs > 0)) throw new RangeError(`fit: epochs must be 1 or more, got ${epochs}`);
  if (!(Number.isInteger(batchSize) && batchSize > 0)) {
    throw new RangeError(`fit: batchSize must be 1 or more, got ${batchSize}`);
  }
  for (const [side, { labels }] of Object.entries({ train, validation })) {
    if (labels.length === 0) throw new RangeError(`fit: the ${side} side must have rows, got none`);
  }
  const names = callbacks.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RangeError(`fit: callbacks must have names of their own, got "${twice}" twice`);
}
