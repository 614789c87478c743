/** Gathers what a decoder gives out, block by block, as one channel. */
import { badAudio } from './bad-audio';
import { checkFinite, frameRange, meanOf, type Range, rangeBounds } from './range';
import type { Signal } from './signal';

/** Samples that any compressed file may give: six minutes at 48 kHz. */
const FREE_SAMPLES = 2 ** 24;
/** Samples per byte beyond that. Digital silence as FLAC has some 340, speech at most 20. */
const SAMPLES_PER_BYTE = 512;

/** What a collector needs to know about the recording. */
export interface Recording {
  name: string;
  sampleRate: number;
  /** The file's size: a small file may not claim endless sound. */
  bytes: number;
}

/** The mean of the channels over a range, from blocks in order. */
export class MonoCollector {
  private readonly parts: Float32Array[] = [];
  private readonly first: number;
  private readonly last: number;
  private kept = 0;

  /** @param position the frame at which the first block begins */
  constructor(
    private readonly recording: Recording,
    private readonly range: Range,
    public position = 0,
  ) {
    [this.first, this.last] = rangeBounds(recording.sampleRate, range);
  }

  /** Whether all of the range has come, so that decoding may stop. */
  get complete(): boolean {
    return this.position >= this.last;
  }

  /**
   * Takes the next block.
   *
   * @param skip frames at its start that are not part of the recording, such as a codec's delay
   */
  push(channels: Float32Array[], skip = 0): void {
    const frames = (channels[0]?.length ?? 0) - skip;
    if (frames <= 0) return;
    const from = Math.max(0, this.first - this.position);
    const to = Math.min(frames, this.last - this.position);
    this.position += frames;
    if (to <= from) return;
    this.kept += to - from;
    const { bytes, name } = this.recording;
    const most = FREE_SAMPLES + SAMPLES_PER_BYTE * bytes;
    if (this.kept > most) {
      const rule = `${bytes} bytes may hold at most ${most} samples; read a part with offset and duration`;
      throw badAudio('loadAudio', rule, 'more', name);
    }
    this.parts.push(meanOf(channels, skip + from, skip + to));
  }

  /**
   * The sound gathered.
   *
   * @param total frames of the whole recording where it ends before the last block does
   */
  finish(total = Number.POSITIVE_INFINITY): Signal {
    const { name, sampleRate } = this.recording;
    const [first, last] = frameRange(Math.min(this.position, Math.max(0, total)), sampleRate, name, this.range);
    const samples = new Float32Array(last - first);
    let filled = 0;
    for (const part of this.parts) {
      const fitting = part.subarray(0, samples.length - filled);
      samples.set(fitting, filled);
      filled += fitting.length;
    }
    checkFinite(samples, name);
    return { samples, sampleRate };
  }
}
