/** Learning rates by step. */
import type { Callback, Training } from './callbacks/callback';

/** The learning rate of a step, counted from 0 over the whole training. Past its end a schedule keeps its last rate. */
export type Schedule = (step: number) => number;

/** Options of `cosineSchedule`. */
export interface CosineOptions {
  /** Learning rate at which the decay begins: Keras's `warmup_target`, or `initial_learning_rate` without warm-up. */
  learningRate: number;
  /** Steps from there to the end; int > 0. */
  decaySteps: number;
  /** Steps of the linear rise from 0 before; default 0. */
  warmUpSteps?: number;
}

/** A linear rise, then half a cosine down to 0: Keras's CosineDecay. */
export function cosineSchedule({ learningRate, decaySteps, warmUpSteps = 0 }: CosineOptions): Schedule {
  return (step) => {
    if (step < warmUpSteps) return (learningRate * step) / warmUpSteps;
    return between(learningRate, 0, Math.min(step - warmUpSteps, decaySteps) / decaySteps);
  };
}

/**
 * A cosine up over three tenths of the steps, from a 25th of the highest rate, and a cosine down to a 250,000th:
 * PyTorch's OneCycleLR with cosine annealing in two phases and its default options.
 *
 * @param learningRate the highest rate: PyTorch's `max_lr`
 * @param steps of the whole training; int > 3
 */
export function oneCycleSchedule({ learningRate, steps }: { learningRate: number; steps: number }): Schedule {
  const first = learningRate / 25;
  const top = 0.3 * steps - 1; // PyTorch's: not always a whole step
  return (step) => {
    if (step <= top) return between(first, learningRate, step / top);
    return between(learningRate, first / 10_000, Math.min((step - top) / (steps - 1 - top), 1));
  };
}

/** Half a cosine from one rate (share 0) to another (share 1). */
function between(start: number, end: number, share: number): number {
  return end + ((start - end) / 2) * (Math.cos(Math.PI * share) + 1);
}

/**
 * Sets the learning rate of every step by a schedule, as a schedule given to Keras's optimiser does.
 *
 * It overrides what other callbacks set, so it cannot be combined with `reduceLearningRateOnPlateau`.
 */
export function scheduledLearningRate(rateOf: Schedule): Callback {
  const setRate = (training: Training): void => {
    training.learningRate = rateOf(training.step);
  };
  return {
    name: 'scheduledLearningRate',
    onTrainBegin: setRate,
    onBatchEnd: setRate,
    onEpochEnd() {},
  };
}
