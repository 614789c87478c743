/** A learning rate that follows a schedule, step by step. */

import { type ScheduleDescription, schedule } from '../schedule';
import type { Callback, Training } from './callback';

/**
 * Sets the learning rate of every step by a schedule, as a schedule given to Keras's optimiser does.
 *
 * It takes no heed of what other callbacks set, so it does not go with `reduceLearningRateOnPlateau`.
 *
 * @throws RangeError if the description is not sound
 */
export function scheduledLearningRate(description: ScheduleDescription): Callback {
  const rateOf = schedule(description);
  const setRate = (training: Training): void => {
    training.learningRate = rateOf(training.step);
  };
  return {
    name: 'scheduledLearningRate',
    onTrainBegin: setRate,
    onBatchEnd: (_, training) => setRate(training),
    onEpochEnd() {},
  };
}
