/** Samples that are read where they are needed, straight into the kernels' memory. */
import type { Signal } from './signal';
import { floatsAt, type Pointer, type Scratch } from './simd';

/** One channel of sound that may still lie in a file. */
export interface SampleSource {
  /** Samples in all. */
  readonly length: number;
  /** Samples per second. */
  readonly sampleRate: number;
  /** Writes `count` samples from the `first` on, all of which exist. */
  copy(first: number, count: number, place: Pointer, scratch: Scratch): void;
}

/** A signal as a source. */
export function inMemory({ samples, sampleRate }: Signal): SampleSource {
  const copy = (first: number, count: number, place: Pointer): void =>
    floatsAt(place, count).set(samples.subarray(first, first + count));
  return { length: samples.length, sampleRate, copy };
}
