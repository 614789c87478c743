/** Early stopping when a metric no longer improves. */
import { TRAINING } from '../../config';
import { assignWeights, copyWeights, decodeWeights, encodeWeights, modelVariables } from '../weights';
import type { Callback, Epoch, Training } from './callback';
import { checkEpochs, type MonitorOptions, monitorOf } from './monitor';

/** Options of `earlyStopping`. */
export interface EarlyStoppingOptions extends MonitorOptions {
  /** Epochs without improvement before training ends; default 7. */
  patience?: number;
  /** Patience is reset only by values better than this; default none. */
  baseline?: number;
  /** Restores the weights of the best epoch at the end, even if it did not reach the baseline; default false. */
  restoreBestWeights?: boolean;
  /** Number of initial epochs to ignore; default 0. */
  startFromEpoch?: number;
}

/** State kept between epochs. */
interface StoppingState {
  best: number | null;
  bestEpoch: number;
  wait: number;
  /** Weights of the best epoch, as text; only with `restoreBestWeights`. */
  weights: string[] | null;
}

/** The callback, which also exposes the best epoch. */
export interface EarlyStopping extends Callback {
  /** From 1; 0 while there is none. */
  readonly bestEpoch: number;
}

/**
 * Keras's EarlyStopping (test/early-stopping.test.ts replays Keras's own). It never stops after the first epoch.
 *
 * @throws RangeError if an option is out of range
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): EarlyStopping {
  const name = 'earlyStopping';
  const { patience = TRAINING.patience, baseline, restoreBestWeights = false, startFromEpoch = 0 } = options;
  const monitor = monitorOf(name, options);
  checkEpochs(name, 'patience', patience);
  checkEpochs(name, 'startFromEpoch', startFromEpoch);
  if (baseline !== undefined && !Number.isFinite(baseline)) {
    throw new RangeError(`${name}: baseline must be a finite number, got ${baseline}`);
  }
  let best: number | undefined;
  let bestEpoch = 0;
  let wait = 0;
  let weights: Float32Array[] | undefined;
  const keep = ({ epoch }: Epoch, { model }: Training): void => {
    bestEpoch = epoch;
    if (restoreBestWeights) weights = copyWeights(modelVariables(model));
  };
  return {
    name,
    get bestEpoch() {
      return bestEpoch;
    },
    onTrainBegin() {
      best = undefined;
      bestEpoch = 0;
      wait = 0;
      weights = undefined;
    },
    onEpochEnd(epoch, training) {
      if (epoch.epoch <= startFromEpoch) return;
      // Until there is a best epoch, this one is.
      if (bestEpoch === 0) keep(epoch, training);
      const value = monitor.valueOf(epoch);
      wait++;
      if (monitor.isBetter(value, best)) {
        best = value;
        keep(epoch, training);
        if (baseline === undefined || monitor.isBetter(value, baseline)) wait = 0;
        return;
      }
      if (wait >= patience && epoch.epoch > 1) training.stop(`${monitor.complaint} for ${wait} epochs`);
    },
    onTrainEnd({ model }) {
      if (weights) assignWeights(modelVariables(model), weights);
    },
    state: () => ({ best: best ?? null, bestEpoch, wait, weights: weights ? encodeWeights(weights) : null }),
    restore(saved) {
      const state = saved as unknown as StoppingState;
      best = state.best ?? undefined;
      bestEpoch = state.bestEpoch;
      wait = state.wait;
      weights = state.weights ? decodeWeights(state.weights) : undefined;
    },
  };
}
