/** Samples that are read where they are needed, straight into the kernels' memory. */
import { type Signal, withDamage } from './signal';
import { floatsAt, type Pointer, type Scratch, withScratch } from './simd';

/** Samples copied at a time: bounds the memory for long recordings. */
const CHUNK = 2 ** 17;

/** One channel of sound that may still lie in a file. */
export interface SampleSource {
  /** Samples in all. */
  readonly length: number;
  /** Samples per second. */
  readonly sampleRate: number;
  /** As a signal's. */
  readonly damage?: string;
  /** Writes `count` samples from the `first` on, all of which exist. */
  copy(first: number, count: number, place: Pointer, scratch: Scratch): void;
}

/** A signal as a source. */
export function inMemory({ samples, sampleRate, damage }: Signal): SampleSource {
  const copy = (first: number, count: number, place: Pointer): void =>
    floatsAt(place, count).set(samples.subarray(first, first + count));
  return { length: samples.length, sampleRate, damage, copy };
}

/** A source as a signal. */
export function toSignal(source: SampleSource): Signal {
  const samples = new Float32Array(source.length);
  for (let first = 0; first < samples.length; first += CHUNK) {
    const count = Math.min(CHUNK, samples.length - first);
    withScratch((scratch) => {
      const place = scratch.room(4 * count);
      source.copy(first, count, place, scratch);
      samples.set(floatsAt(place, count), first);
    });
  }
  return withDamage({ samples, sampleRate: source.sampleRate }, source.damage);
}
