/**
 * Loaded into each kernel: tslab ends a cell at once when it is interrupted, though its code still runs. This leaves the
 * interrupt to a step of the library that handles it (lib/interrupt.ts), so that the cell ends when the step has stopped.
 * A second interrupt during the same step reaches tslab.
 */
import { isMainThread } from 'node:worker_threads';

if (isMainThread) process.on('newListener', takeTheFirst);

/** Puts a handler in place of tslab's, which is the first. @param {string} event @param {() => void} endCell */
function takeTheFirst(event, endCell) {
  if (event !== 'SIGINT') return;
  process.off('newListener', takeTheFirst);
  /** @type {Function | undefined} */
  let asked;
  const handle = () => {
    const step = process.rawListeners('SIGINT').find((handler) => handler !== handle);
    if (step === undefined || step === asked) endCell();
    asked = step;
  };
  process.nextTick(() => process.off('SIGINT', endCell).on('SIGINT', handle));
}
