/** Improvement of an epoch's metric, by Keras's rules. */
import type { Epoch } from './callback';

/** Metric that a callback monitors, and its direction. */
export interface MonitorOptions {
  /** Any metric of an epoch; default `valLoss`. */
  monitor?: keyof Epoch;
  /** `auto`: minimise losses and maximise accuracies; default `auto`. */
  mode?: 'auto' | 'min' | 'max';
  /** Smaller changes do not count as improvements; 0 or more. */
  minDelta?: number;
}

/** A monitored metric. */
export interface Monitor {
  /** Reason to stop if it does not improve: "the validation loss did not fall". */
  readonly complaint: string;
  valueOf(epoch: Epoch): number;
  /** Tests whether `value` improves on `reference`; without a reference, any value does. */
  isBetter(value: number, reference: number | undefined): boolean;
}

/**
 * Creates a monitor. It compares in single precision, as Keras does. NaN is never an improvement, whereas Keras accepts
 * it as the best value if it comes first.
 *
 * @param caller name of the calling function, for the messages
 * @throws RangeError if `auto` cannot determine the direction, or `minDelta` is below 0
 */
export function monitorOf(
  caller: string,
  { monitor = 'valLoss', mode = 'auto', minDelta = 0 }: MonitorOptions,
): Monitor {
  if (!(minDelta >= 0)) throw new RangeError(`${caller}: minDelta must be 0 or more, got ${minDelta}`);
  const falls = shouldFall(caller, monitor, mode);
  return {
    complaint: `the ${WORDS[monitor]} did not ${falls ? 'fall' : 'rise'}`,
    valueOf: (epoch) => epoch[monitor],
    isBetter(value, reference) {
      if (Number.isNaN(value)) return false;
      if (reference === undefined) return true;
      return falls
        ? Math.fround(value + minDelta) < Math.fround(reference)
        : Math.fround(value - minDelta) > Math.fround(reference);
    },
  };
}

const WORDS: Record<keyof Epoch, string> = {
  epoch: 'epoch',
  loss: 'loss',
  accuracy: 'accuracy',
  valLoss: 'validation loss',
  valAccuracy: 'validation accuracy',
  learningRate: 'learning rate',
  seconds: 'time of an epoch',
};

function shouldFall(caller: string, monitor: keyof Epoch, mode: 'auto' | 'min' | 'max'): boolean {
  if (!['auto', 'min', 'max'].includes(mode)) {
    throw new RangeError(`${caller}: mode must be auto, min or max, got "${mode}"`);
  }
  if (mode !== 'auto') return mode === 'min';
  if (/loss$/i.test(monitor)) return true;
  if (/accuracy$/i.test(monitor)) return false;
  throw new RangeError(`${caller}: mode must be min or max for ${monitor}, got auto; it knows losses and accuracies`);
}

/** Checks a patience or another number of epochs. */
export function checkEpochs(caller: string, name: string, value: number): void {
  if (!(Number.isInteger(value) && value >= 0)) {
    throw new RangeError(`${caller}: ${name} must be a whole number of epochs, 0 or more, got ${value}`);
  }
}
