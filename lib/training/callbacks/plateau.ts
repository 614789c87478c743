/** Learning-rate reduction on plateaus. */
import { TRAINING } from '../../config';
import type { Callback } from './callback';
import { checkEpochs, type MonitorOptions, monitorOf } from './monitor';

/** Options of `reduceLearningRateOnPlateau`. The default of `minDelta` is 1e-4, as in Keras. */
export interface PlateauOptions extends MonitorOptions {
  /** The rate is multiplied by this, between 0 and 1; default 0.6. */
  factor?: number;
  /** Epochs without improvement before a reduction; default 5. */
  patience?: number;
  /** Epochs ignored after a reduction; default 0. */
  cooldown?: number;
  /** The rate never falls below this, 0 or more; default 1e-8. */
  minLr?: number;
}

/** State kept between epochs. */
interface PlateauState {
  best: number | null;
  wait: number;
  cooldown: number;
}

/**
 * Keras's ReduceLROnPlateau (test/plateau.test.ts replays Keras's own).
 *
 * @throws RangeError if an option is out of range
 */
export function reduceLearningRateOnPlateau(options: PlateauOptions = {}): Callback {
  const name = 'reduceLearningRateOnPlateau';
  const { factor, patience, minLr, cooldown = 0, minDelta = 1e-4 } = { ...TRAINING.plateau, ...options };
  const monitor = monitorOf(name, { ...options, minDelta });
  if (!(factor > 0 && factor < 1)) throw new RangeError(`${name}: factor must be between 0 and 1, got ${factor}`);
  if (!(minLr >= 0)) throw new RangeError(`${name}: minLr must be 0 or more, got ${minLr}`);
  checkEpochs(name, 'patience', patience);
  checkEpochs(name, 'cooldown', cooldown);
  let state: PlateauState = { best: null, wait: 0, cooldown: 0 };
  return {
    name,
    onTrainBegin() {
      state = { best: null, wait: 0, cooldown: 0 };
    },
    onEpochEnd(epoch, training) {
      const value = monitor.valueOf(epoch);
      if (state.cooldown > 0) {
        state.cooldown--;
        state.wait = 0;
      }
      if (monitor.isBetter(value, state.best ?? undefined)) {
        state.best = value;
        state.wait = 0;
        return;
      }
      if (state.cooldown > 0) return;
      state.wait++;
      if (state.wait >= patience && training.learningRate > minLr) {
        training.learningRate = Math.max(training.learningRate * factor, minLr);
        state.cooldown = cooldown;
        state.wait = 0;
      }
    },
    state: () => ({ ...state }),
    restore(saved) {
      state = { ...(saved as unknown as PlateauState) };
    },
  };
}
