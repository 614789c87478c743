/** Interrupts from outside: Ctrl-C in a terminal, the stop button of a notebook. */

/** Knows whether an interrupt came since it was made. */
export interface InterruptWatch {
  /** Aborted by the first interrupt. */
  readonly signal: AbortSignal;
  /** Gives Ctrl-C back to the process. */
  end(): void;
}

/**
 * Takes interrupts over from the process until `end` is called.
 *
 * It first lets everything else have its turn: the notebook's kernel runs a cell up to its first pause with a handler of
 * Node's in place of all listeners. One that is added meanwhile is deaf afterwards, and the next interrupt ends the kernel.
 */
export async function watchInterrupts(): Promise<InterruptWatch> {
  await pause();
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.on('SIGINT', interrupt);
  return { signal: controller.signal, end: () => void process.off('SIGINT', interrupt) };
}

/** Lets everything else have its turn, such as an interrupt or the display. */
export const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
