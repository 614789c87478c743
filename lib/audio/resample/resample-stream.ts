/** Change of sample rate of sound that is read in blocks. */

import { greatestCommonDivisor } from '../rms';
import { joined, type SoundStream } from '../sound-stream';
import { resample } from './resample';

/** Seconds resampled at a time. */
const STRETCH = 20;
/** Seconds on either side that the filter reaches at most. */
const MARGIN = 0.25;

/**
 * The blocks of a stream at another sample rate; joined they are `resample` of the whole recording
 * (resample-stream.test.ts), in memory for 20 s of it.
 *
 * @param sampleRate hertz, a whole number > 0
 */
export async function* resampleStream(stream: SoundStream, sampleRate: number): AsyncGenerator<Float32Array, void> {
  if (stream.sampleRate === sampleRate) return yield* stream.blocks;
  const divisor = greatestCommonDivisor(stream.sampleRate, sampleRate);
  // Stretches begin where a sample of the one rate coincides with one of the other.
  const [period, resultPeriod] = [stream.sampleRate / divisor, sampleRate / divisor];
  const periods = (seconds: number): number => Math.ceil((seconds * stream.sampleRate) / period);
  const [stretch, margin] = [periods(STRETCH), periods(MARGIN)];
  let parts: Float32Array[] = [];
  let length = 0;
  let before = 0; // periods of margin at the start of what is held
  const convert = (count: number, last: boolean): Float32Array => {
    const held = joined(parts, length);
    const used = last ? held : held.subarray(0, (before + count + margin) * period);
    const { samples } = resample({ samples: used, sampleRate: stream.sampleRate }, sampleRate);
    const kept = samples.slice(before * resultPeriod, last ? undefined : (before + count) * resultPeriod);
    const from = Math.max(0, before + count - margin);
    parts = [held.slice(from * period)];
    length = parts[0].length;
    before = before + count - from;
    return kept;
  };
  for await (const block of stream.blocks) {
    parts.push(block);
    length += block.length;
    while (length > (before + stretch + margin) * period) yield convert(stretch, false);
  }
  if (length > before * period) yield convert(0, true);
}
