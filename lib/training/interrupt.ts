/** Interrupts from outside as a signal that a training can look at. */
import { onInterrupt } from '../interrupt';

/** Knows whether an interrupt came since it was made. */
export interface InterruptWatch {
  /** Aborted by the first interrupt. */
  readonly signal: AbortSignal;
  /** Gives Ctrl-C back to the process. */
  end(): void;
}

/** Takes interrupts over from the process until `end` is called. */
export async function watchInterrupts(): Promise<InterruptWatch> {
  const controller = new AbortController();
  const end = await onInterrupt(() => controller.abort());
  return { signal: controller.signal, end };
}
