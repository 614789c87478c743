/** Change of sample rate by a linear-phase low-pass filter. */

import { inMemory, type Reader, type SampleSource, toSignal } from '../sample-source';
import { type Signal, withDamage } from '../signal';
import { floatsAt, withScratch } from '../simd';
import { resamplingStages } from './resampling-stages';

/** Samples worked on at once, of the higher rate: bounds the memory for long recordings. */
const CHUNK = 2 ** 17;
/** Samples by which two true rates may drift apart over a recording: inaudible, and below every measure. */
const DRIFT = 1e-7;

/**
 * The same sound at another sample rate.
 *
 * Within 0.01 dB to 0.913 of the lower Nyquist frequency, below −120 dB from that frequency up; zeros beyond the
 * ends. The filter of librosa's default: the two differ by less than −110 dB, from the first sample to the last
 * (resample-figures.test.ts).
 *
 * @param sampleRate hertz, > 0
 * @returns ceil(samples × sampleRate / signal.sampleRate) samples, as librosa
 * @throws RangeError if a rate is not a positive number
 */
export function resample(signal: Signal, sampleRate: number): Signal {
  return signal.sampleRate === sampleRate ? signal : resampleSource(inMemory(signal), sampleRate);
}

/** `resample` of samples that are read where they are needed. */
export function resampleSource(source: SampleSource, sampleRate: number): Signal {
  for (const rate of [source.sampleRate, sampleRate]) {
    if (!(rate > 0 && Number.isFinite(rate))) throw new RangeError(`resample: rates must be above 0, got ${rate}`);
  }
  if (source.sampleRate === sampleRate) return toSignal(source);
  const ratio = sampleRate / source.sampleRate;
  const samples = atRatio(source, ratio, Math.ceil(source.length * ratio), DRIFT);
  return withDamage({ samples, sampleRate }, source.damage);
}

/**
 * Samples at `ratio` times their rate.
 *
 * @param ratio output rate ÷ input rate, > 0
 * @param drift samples by which the end may be off, so that a nearby simple ratio, which is faster, may serve
 */
export function resampleByRatio(samples: Float32Array, ratio: number, drift = 0.01): Float32Array {
  const length = Math.ceil(Number((samples.length * ratio).toPrecision(12)));
  return atRatio(inMemory({ samples, sampleRate: 1 }), ratio, length, drift);
}

function atRatio(source: SampleSource, ratio: number, length: number, drift: number): Float32Array {
  const { stages, block } = resamplingStages(ratio, drift / Math.max(source.length, length));
  const read = stages.reduce<Reader>((reader, stage) => stage(fromStart(reader)), padded(source));
  const result = new Float32Array(length);
  const chunk = Math.ceil((CHUNK * Math.min(1, ratio)) / block) * block;
  for (let first = 0; first < length; first += chunk) {
    const count = Math.min(chunk, length - first);
    withScratch((scratch) => result.set(floatsAt(read(first, count, scratch), count), first));
  }
  // soxr rounds the number of samples where librosa rounds up, and adds a zero.
  return result.fill(0, Math.floor(source.length / (1 / ratio) + 0.5));
}

/** Zeros before the start: what a step makes of the sound's beginning in advance, soxr's next step does not see. */
function fromStart(read: Reader): Reader {
  return (first, count, scratch) => {
    const place = read(first, count, scratch);
    floatsAt(place, Math.min(count, Math.max(0, -first))).fill(0);
    return place;
  };
}

/** Zeros beyond the ends. */
function padded(source: SampleSource): Reader {
  return (first, count, scratch) => {
    const place = scratch.room(4 * count);
    const begin = Math.min(count, Math.max(0, -first));
    const end = Math.max(begin, Math.min(count, source.length - first));
    floatsAt(place, begin).fill(0);
    floatsAt(place + 4 * end, count - end).fill(0);
    if (end > begin) source.copy(first + begin, end - begin, place + 4 * begin, scratch);
    return place;
  };
}
