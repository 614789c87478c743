/** A recording of any length as windows of 2.4 s, read as it is decoded. */
import { padTo } from '../audio/load';
import { resampleStream } from '../audio/resample/resample-stream';
import type { Signal } from '../audio/signal';
import { joined, type SoundStream } from '../audio/sound-stream';
import { AUDIO } from '../config';
import { joinMeasures, measureQuality, type QualityMeasures } from './quality';

/** Windows given at a time: bounds the memory for an hour-long recording. */
const WINDOWS_AT_ONCE = 8;

/** Some consecutive windows. */
export interface WindowGroup {
  windows: Signal[];
  /** Samples at 22,050 Hz from the start of the recording to each window, and to the end of its sound. */
  starts: number[];
  ends: number[];
}

/**
 * Windows of 2.4 s at 22,050 Hz, one every `step` samples; the last one ends with the recording, and a recording that is
 * shorter is padded with silence.
 */
export async function* windowsOf(blocks: AsyncIterable<Float32Array>, step: number): AsyncGenerator<WindowGroup, void> {
  const { samples: size, sampleRate } = AUDIO;
  let parts: Float32Array[] = [];
  let [length, begin, next] = [0, 0, 0]; // samples held, the place of their first, and of the next window
  let group: WindowGroup = { windows: [], starts: [], ends: [] };
  const take = (start: number): void => {
    const sound = joined(parts, length).subarray(start - begin, start - begin + size);
    group.windows.push(padTo({ samples: sound.slice(), sampleRate }, size));
    group.starts.push(start);
    group.ends.push(start + sound.length);
  };
  for await (const block of blocks) {
    parts.push(block);
    length += block.length;
    if (begin + length <= next + size) continue;
    parts = [joined(parts, length)];
    // A window that ends with the recording is the last one, which is not known yet.
    for (; next + size < begin + length; next += step) {
      take(next);
      if (group.windows.length < WINDOWS_AT_ONCE) continue;
      yield group;
      group = { windows: [], starts: [], ends: [] };
    }
    // The last window may begin up to a window before the end.
    const first = Math.min(next, begin + length - size);
    parts = [parts[0].slice(first - begin)];
    length = parts[0].length;
    begin = first;
  }
  parts = [joined(parts, length)];
  take(Math.max(0, begin + length - size));
  yield group;
}

/** A stream at 22,050 Hz, and what was measured of its own samples so far. */
export interface MeasuredSound {
  blocks: AsyncGenerator<Float32Array, void>;
  measures(): QualityMeasures | undefined;
}

/** Measures the blocks of a stream as they pass, then resamples them. */
export function measured(stream: SoundStream): MeasuredSound {
  let measures: QualityMeasures | undefined;
  const watch = async function* (): AsyncGenerator<Float32Array, void> {
    for await (const samples of stream.blocks) {
      const own = measureQuality({ samples, sampleRate: stream.sampleRate });
      measures = measures ? joinMeasures(measures, own) : own;
      yield samples;
    }
  };
  return { blocks: resampleStream({ ...stream, blocks: watch() }, AUDIO.sampleRate), measures: () => measures };
}
