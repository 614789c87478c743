/** Part of a recording, and the mean of its channels. */
import { badAudio } from './formats/bad-audio';

/** Part of a recording to read. Seconds. */
export interface Range {
  /** Seconds skipped at the start, ≥ 0; default 0. */
  offset?: number;
  /** Seconds read at most, > 0; default to the end. */
  duration?: number;
}

/** The mean of the channels. */
export function meanOf(channels: readonly Float32Array[]): Float32Array {
  if (channels.length === 1) return channels[0];
  const mean = new Float32Array(channels[0].length);
  for (const channel of channels) for (let i = 0; i < mean.length; i++) mean[i] += channel[i] / channels.length;
  return mean;
}

/**
 * Offset and duration in whole frames, cut down as librosa cuts them; the second is infinite without a duration.
 *
 * @throws RangeError if the offset is negative, or the duration shorter than one sample
 */
export function rangeBounds(sampleRate: number, range: Range): [number, number] {
  const { offset = 0, duration = Number.POSITIVE_INFINITY } = range;
  if (!(offset >= 0)) throw new RangeError(`loadAudio: offset must be 0 s or more, got ${offset}`);
  if (!(duration > 0)) throw new RangeError(`loadAudio: duration must be above 0 s, got ${duration}`);
  const frames = Math.floor(duration * sampleRate);
  if (frames < 1) {
    throw new RangeError(`loadAudio: duration must be a sample or more at ${sampleRate} Hz, got ${duration} s`);
  }
  const first = Math.floor(offset * sampleRate);
  return [first, first + frames];
}

/** Offset and duration in whole frames, within the frames that exist. */
export function frameRange(frames: number, sampleRate: number, name: string, range: Range): [number, number] {
  const [first, end] = rangeBounds(sampleRate, range);
  const last = Math.min(frames, end);
  if (last <= first) {
    const rule = `the recording must go beyond ${range.offset ?? 0} s`;
    throw badAudio('loadAudio', rule, `${(frames / sampleRate).toFixed(2)} s`, name);
  }
  return [first, last];
}

/** Largest amplitude: that of 32-bit integers written as floats. Squares of far larger ones are infinite. */
const LARGEST = 2 ** 32;

/**
 * Refuses samples that are infinite, not a number, or absurdly large.
 *
 * @param position of the first, for the error
 */
export function checkFinite(samples: Float32Array, name: string, position = 0): void {
  for (let i = 0; i < samples.length; i++) {
    if (Math.abs(samples[i]) <= LARGEST) continue;
    const rule = Number.isFinite(samples[i])
      ? 'samples must be at most 2^32 (full scale is 1)'
      : 'samples must be finite numbers';
    throw badAudio('loadAudio', rule, `${samples[i]} at ${position + i}`, name);
  }
}
