/** Which part of a recording to take, and several channels as one. */
import { SerError } from '../errors';
import type { Signal } from './signal';

/** What part of a recording to read. Seconds. */
export interface Range {
  /** Seconds skipped at the start, ≥ 0; default 0. */
  offset?: number;
  /** Seconds read at most, > 0; default to the end. */
  duration?: number;
}

/** The mean of the channels over a range. */
export function mixDown(channels: Float32Array[], sampleRate: number, name: string, range: Range): Signal {
  const [first, last] = frameRange(channels[0]?.length ?? 0, sampleRate, name, range);
  const samples = new Float32Array(last - first);
  for (const channel of channels) {
    for (let i = 0; i < samples.length; i++) samples[i] += channel[first + i] / channels.length;
  }
  return checkFinite({ samples, sampleRate }, name);
}

/** Offset and duration in whole frames, cut down as librosa cuts them, within the frames that exist. */
export function frameRange(frames: number, sampleRate: number, name: string, range: Range): [number, number] {
  const { offset = 0, duration = Number.POSITIVE_INFINITY } = range;
  if (!(offset >= 0)) throw new RangeError(`loadAudio: offset must be 0 s or more, got ${offset}`);
  if (!(duration > 0)) throw new RangeError(`loadAudio: duration must be above 0 s, got ${duration}`);
  const first = Math.floor(offset * sampleRate);
  const last = Math.min(frames, first + Math.floor(duration * sampleRate));
  if (last <= first) {
    const length = (frames / sampleRate).toFixed(2);
    throw new SerError(
      'bad-audio',
      `loadAudio: the recording must go beyond ${offset} s, got ${length} s in "${name}"`,
    );
  }
  return [first, last];
}

/** The signal itself, once no sample is infinite or not a number. */
export function checkFinite(signal: Signal, name: string): Signal {
  const wrong = signal.samples.findIndex((sample) => !Number.isFinite(sample));
  if (wrong >= 0) {
    throw new SerError(
      'bad-audio',
      `loadAudio: samples must be finite numbers, got ${signal.samples[wrong]} at ${wrong} in "${name}"`,
    );
  }
  return signal;
}
