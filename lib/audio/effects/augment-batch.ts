/** Augmentations by name, one after another, of many signals on all cores. */
import { Random } from '../../random';
import { mapInThreads, type ThreadOptions } from '../../threads';
import type { Signal } from '../signal';
import { addNoise, addNoiseAt, pitch, shift, speed, stretch } from './augment';

/** An augmentation and its parameter, with the meaning and default of the function of that name. */
export type Augmentation =
  | { name: 'addNoise'; amplitude?: number }
  | { name: 'addNoiseAt'; decibels: number }
  | { name: 'shift'; most?: number }
  | { name: 'pitch'; semitones?: number }
  | { name: 'stretch'; rate?: number }
  | { name: 'speed'; rate: number };

/** Options of `augmentBatch`. */
export interface AugmentBatchOptions extends ThreadOptions {
  /** Seed of chance; each signal draws from its own stream, by its place; default 11. */
  seed?: number;
}

/**
 * A signal through augmentations, one after the other.
 *
 * @returns a signal of its own, though none be named
 * @throws RangeError as the functions of those names
 */
export function augment(signal: Signal, augmentations: readonly Augmentation[], random: Random): Signal {
  let augmented: Signal = { ...signal, samples: signal.samples.slice() };
  for (const step of augmentations) augmented = apply(augmented, step, random);
  return augmented;
}

function apply(signal: Signal, step: Augmentation, random: Random): Signal {
  switch (step.name) {
    case 'addNoise':
      return addNoise(signal, random, step.amplitude);
    case 'addNoiseAt':
      return addNoiseAt(signal, random, step.decibels);
    case 'shift':
      return shift(signal, random, step.most);
    case 'pitch':
      return pitch(signal, step.semitones);
    case 'stretch':
      return stretch(signal, step.rate);
    case 'speed':
      return speed(signal, step.rate);
  }
}

/**
 * `augment` of many signals, on all cores.
 *
 * @returns signals in the same order; the same for the same seed, with any number of threads
 * @throws RangeError as the functions named
 * @example
 * await augmentBatch(signals, [{ name: 'pitch', semitones: -1 }, { name: 'addNoiseAt', decibels: 20 }]);
 */
export async function augmentBatch(
  signals: readonly Signal[],
  augmentations: readonly Augmentation[],
  { seed = 11, threads }: AugmentBatchOptions = {},
): Promise<Signal[]> {
  const items = signals.map((signal, place): Item => ({ signal, place }));
  return mapInThreads(THREAD_FUNCTION, items, { augmentations, seed, threads });
}
const THREAD_FUNCTION = { file: __filename, name: 'augmentItem' };

interface Item {
  signal: Signal;
  place: number;
}

/** Work of a thread of `augmentBatch` on one signal. */
export function augmentItem(
  { signal, place }: Item,
  { augmentations, seed }: { augmentations: readonly Augmentation[]; seed: number },
): Signal {
  return augment(signal, augmentations, new Random(seed, 'augmentBatch', place));
}
