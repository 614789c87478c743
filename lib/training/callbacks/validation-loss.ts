/** Callbacks that monitor the validation loss, by Keras's rules. */
import { TRAINING } from '../../config';
import { saveModel } from '../../layers/model-file';
import type { tf } from '../../tensorflow';
import { writing } from '../runs/checkpoint';
import type { Callback, Training } from './callback';

/**
 * Tests whether a loss is lower than the best one by more than `minDelta`; the first one is.
 *
 * It compares in single precision, as Keras does. NaN is never an improvement, whereas Keras accepts it as the best
 * value if it comes first.
 */
function improves(loss: number, best: number | null, minDelta = 0): boolean {
  if (best === null) return !Number.isNaN(loss);
  return Math.fround(loss + minDelta) < Math.fround(best);
}

/** State kept between epochs. */
interface Progress {
  best: number | null;
  /** Epochs since the last improvement. */
  wait: number;
}

/** Options of `onStagnation`. */
interface StagnationOptions {
  /** Epochs without improvement before `act` is called. */
  patience: number;
  /** Smaller changes do not count as improvements. */
  minDelta: number;
  /** Called after each further epoch; `true` starts the count again. */
  act(training: Training, stagnation: { epoch: number; wait: number }): boolean;
}

function onStagnation(name: string, { patience, minDelta, act }: StagnationOptions): Callback {
  if (!(Number.isInteger(patience) && patience >= 0)) {
    throw new RangeError(`${name}: patience must be a whole number of epochs, 0 or more, got ${patience}`);
  }
  let state: Progress = { best: null, wait: 0 };
  return {
    name,
    onEpochEnd({ epoch, valLoss }, training) {
      if (improves(valLoss, state.best, minDelta)) {
        state = { best: valLoss, wait: 0 };
        return;
      }
      state.wait++;
      if (state.wait >= patience && act(training, { epoch, wait: state.wait })) state.wait = 0;
    },
    state: () => ({ ...state }),
    restore(saved) {
      state = { ...(saved as unknown as Progress) };
    },
  };
}

/**
 * Keras's EarlyStopping (test/training/validation-loss.test.ts replays Keras's own). It never stops after the first
 * epoch.
 *
 * @param options.patience epochs without improvement before training ends; default 7
 * @throws RangeError if the patience is not a whole number, 0 or more
 */
export function earlyStopping({ patience = TRAINING.patience }: { patience?: number } = {}): Callback {
  return onStagnation('earlyStopping', {
    ...{ patience, minDelta: 0 },
    act(training, { epoch, wait }) {
      if (epoch > 1) training.stop(`the validation loss did not fall for ${wait} epochs`);
      return false;
    },
  });
}

/** Options of `reduceLearningRateOnPlateau`. */
export interface PlateauOptions {
  /** The rate is multiplied by this, between 0 and 1; default 0.6. */
  factor?: number;
  /** Epochs without improvement before a reduction; default 5. */
  patience?: number;
}

/**
 * Keras's ReduceLROnPlateau (test/training/validation-loss.test.ts replays Keras's own). Changes of up to 1e-4 do not
 * count as improvements, as by Keras's default, and the rate never falls below 1e-8.
 *
 * @throws RangeError if an option is out of range
 */
export function reduceLearningRateOnPlateau(options: PlateauOptions = {}): Callback {
  const name = 'reduceLearningRateOnPlateau';
  const { factor = TRAINING.plateau.factor, patience = TRAINING.plateau.patience } = options;
  const { minLr } = TRAINING.plateau;
  if (!(factor > 0 && factor < 1)) throw new RangeError(`${name}: factor must be between 0 and 1, got ${factor}`);
  return onStagnation(name, {
    ...{ patience, minDelta: 1e-4 },
    act(training) {
      if (training.learningRate <= minLr) return false;
      training.learningRate = Math.max(training.learningRate * factor, minLr);
      return true;
    },
  });
}

/**
 * Keras's ModelCheckpoint with `save_best_only` (test/training/validation-loss.test.ts replays Keras's own).
 *
 * @param options.save writes the model atomically, and may read the optimiser's state from the training; default
 *   `saveModel`, which takes a folder as path
 * @throws SerError `bad-training` after an epoch if the model cannot be written, such as on a full disk
 */
export function modelCheckpoint(
  path: string,
  {
    save = saveModel,
  }: { save?: (model: tf.LayersModel, path: string, training: Training) => void | Promise<void> } = {},
): Callback {
  let best: number | null = null;
  return {
    name: `modelCheckpoint ${path}`,
    async onEpochEnd({ valLoss }, training) {
      if (!improves(valLoss, best)) return;
      await writing('modelCheckpoint', path, () => save(training.model, path, training));
      // Updated last, so that a model that could not be saved does not count as the best.
      best = valLoss;
    },
    state: () => ({ best }),
    restore(saved) {
      ({ best } = saved as { best: number | null });
    },
  };
}
