/** Several signals as one. */
import type { Signal } from './signal';
import { joined } from './sound-stream';

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
  const edges = [0];
  for (const { samples } of signals) edges.push(edges[edges.length - 1] + samples.length);
  const samples = joined(
    signals.map((signal) => signal.samples),
    edges[signals.length],
  );
  return { signal: { samples, sampleRate }, edges: edges.map((edge) => edge / sampleRate) };
}
