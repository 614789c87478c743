/** Ctrl-C in a terminal and "interrupt" in a notebook, for long steps that stop where they can. */

/**
 * Calls `act` at every interrupt, until the returned function is called.
 *
 * It listens only after everything else had its turn. tslab starts a cell inside Node's `vm`, which keeps the signal for itself
 * meanwhile: a listener added before the cell's first `await` would be cut off, and the next interrupt would end the
 * kernel (interrupt.test.ts).
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

/** Lets everything else have its turn, such as an interrupt or the display. */
export const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
