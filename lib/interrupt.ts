/** Interrupts, by Ctrl-C in a terminal or from the notebook, for long steps that stop at a safe point. */

/**
 * Calls `act` at every interrupt, until the returned function is called.
 *
 * The handler is added only after a pause. tslab starts a cell inside Node's `vm`, which intercepts the signal up to
 * the cell's first `await`. A handler added before then would be removed, and the next interrupt would end the kernel
 * (interrupt.test.ts).
 *
 * @example
 * const ignore = await onInterrupt(() => { stopped = true; });
 * try { while (!stopped) await step(); } finally { ignore(); }
 */
export async function onInterrupt(act: () => void): Promise<() => void> {
  await pause();
  process.on('SIGINT', act);
  return () => {
    process.off('SIGINT', act);
  };
}

/** Yields to the event loop, for example for an interrupt or the display. */
export const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
