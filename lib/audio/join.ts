/** Several signals as one. */
import type { Signal } from './signal';

/** Signals one after the other. */
export interface JoinedSignals {
  signal: Signal;
  /** Seconds at which each begins, and at which the last ends: one more than there are signals. */
  edges: number[];
}

/**
 * Puts signals one after the other.
 *
 * @throws RangeError if there is none, or their sample rates differ
 */
export function joinSignals(signals: readonly Signal[]): JoinedSignals {
  const rates = [...new Set(signals.map(({ sampleRate }) => sampleRate))];
  if (rates.length !== 1) {
    throw new RangeError(
      `joinSignals: signals must have one sample rate, got ${rates.length === 0 ? 'no signal' : `${rates.join(' and ')} Hz`}`,
    );
  }
  const [sampleRate] = rates;
  const samples = new Float32Array(signals.reduce((sum, signal) => sum + signal.samples.length, 0));
  const edges = [0];
  let place = 0;
  for (const signal of signals) {
    samples.set(signal.samples, place);
    place += signal.samples.length;
    edges.push(place / sampleRate);
  }
  return { signal: { samples, sampleRate }, edges };
}
