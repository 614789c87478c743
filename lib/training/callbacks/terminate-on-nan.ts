/** The end of a training that has gone astray. */
import { SerError } from '../../errors';
import type { Callback } from './callback';

/** Options of `terminateOnNaN`. */
export interface TerminateOnNaNOptions {
  /** Throws a SerError `bad-training` immediately, instead of ending after the batch; default false, as in Keras. */
  raiseError?: boolean;
}

/**
 * Keras's TerminateOnNaN: ends the training at the first batch whose loss is not finite, and names it.
 *
 * `fit` throws at such a batch; with this callback it returns the epochs before instead.
 */
export function terminateOnNaN({ raiseError = false }: TerminateOnNaNOptions = {}): Callback {
  return {
    name: 'terminateOnNaN',
    onBatchEnd({ epoch, batch, loss }, training) {
      if (Number.isFinite(loss)) return;
      const found = `the loss must be a number, got ${loss} in epoch ${epoch}, batch ${batch}`;
      if (raiseError) throw new SerError('bad-training', `terminateOnNaN: ${found}; try a lower learning rate`);
      training.stop(found);
    },
    onEpochEnd() {},
  };
}
