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

/** Gives the place of `count` samples from the `first` on, either of which may lie beyond the ends. */
export type Reader = (first: number, count: number, scratch: Scratch) => Pointer;

/** One step of work on samples, reading from the step before it. */
export type Stage = (read: Reader) => Reader;

/** A signal as a source. */
export function inMemory({ samples, sampleRate, damage }: Signal): SampleSource {
  const copy = (first: number, count: number, place: Pointer): void =>
    floatsAt(place, count).set(samples.subarray(first, first + count));
  return { length: samples.length, sampleRate, damage, copy };
}

/** The samples of a source, piece by piece. */
export function* chunksOf(source: SampleSource): Generator<Float32Array, void> {
  for (let first = 0; first < source.length; first += CHUNK) {
    const count = Math.min(CHUNK, source.length - first);
    yield withScratch((scratch) => {
      const place = scratch.room(4 * count);
      source.copy(first, count, place, scratch);
      return floatsAt(place, count).slice();
    });
  }
}

/** A source as a signal. */
export function toSignal(source: SampleSource): Signal {
  const samples = new Float32Array(source.length);
  let filled = 0;
  for (const chunk of chunksOf(source)) {
    samples.set(chunk, filled);
    filled += chunk.length;
  }
  return withDamage({ samples, sampleRate: source.sampleRate }, source.damage);
}
