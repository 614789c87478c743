/** From a file to a signal: decode, cut, mix to mono, resample. */
import { AUDIO } from '../config';
import { openSound, plainWav } from './formats/open';
import { sniff } from './formats/sniff';
import { openWav } from './formats/wav';
import { frameRange, type Range } from './range';
import { resampleSource } from './resample/resample';
import { inMemory, type SampleSource, toSignal } from './sample-source';
import type { Signal } from './signal';
import { collect, type SoundStream } from './sound-stream';
import { FileSource, memorySource } from './source';

/** Options of `loadAudio`. Seconds and hertz. */
export interface LoadOptions extends Range {
  /** Hertz; default 22,050. `undefined` in a call keeps the default; `'native'` keeps the file's own. */
  sampleRate?: number | 'native';
}

/**
 * Reads a recording as mono: WAV, MP3, M4A, AAC, FLAC, Ogg Vorbis, Opus, WebM, AIFF, CAF, AMR, WMA, the sound of MP4 and
 * MOV videos, and what ffmpeg reads if it is installed. The format is recognised by content.
 *
 * decode → mean of the channels → cut → resample, in librosa.load's order. Of plain WAV only the range is read, of other
 * formats what comes before its end.
 *
 * @throws SerError `bad-audio` if the file cannot be read or decoded, or ends before `offset`
 * @example const { samples, sampleRate } = await loadAudio('voice.mp3') // mono, 22,050 Hz
 */
export async function loadAudio(path: string, options: LoadOptions = {}): Promise<Signal> {
  const { sampleRate = AUDIO.sampleRate, ...range } = options;
  const [signal] = await loadParts(path, [range], sampleRate);
  return signal;
}

/** `loadAudio` of several parts of one recording, which is decoded once. */
async function loadParts(path: string, ranges: readonly Range[], sampleRate: number | 'native'): Promise<Signal[]> {
  const source = new FileSource(path);
  try {
    const parts = await openParts(source, ranges);
    return parts.map((part) => (sampleRate === 'native' ? toSignal(part) : resampleSource(part, sampleRate)));
  } finally {
    source.close();
  }
}

/** Parts of a recording. Plain WAV is read by the resampler where it needs it; other formats are decoded here. */
async function openParts(source: FileSource, ranges: readonly Range[]): Promise<SampleSource[]> {
  const found = sniff(source);
  const wav = plainWav(source, found);
  if (wav) return ranges.map((range) => openWav(wav, range));
  const stream = await openSound(source, source.name, found);
  if (ranges.length === 1) return [inMemory(await collect(stream, ranges[0]))];
  const whole = await collect(stream);
  return ranges.map((range) => {
    const [first, last] = frameRange(whole.samples.length, whole.sampleRate, source.name, range);
    return inMemory({ ...whole, samples: whole.samples.subarray(first, last) });
  });
}

/**
 * Decodes a recording in memory, of any format that `loadAudio` reads without ffmpeg, at its own sample rate.
 *
 * @param name what to call it in errors
 * @throws SerError `bad-audio` as `loadAudio`
 */
export async function decodeAudio(bytes: Uint8Array, name: string, range: Range = {}): Promise<Signal> {
  return collect(await openSound(memorySource(bytes, name)), range);
}

/**
 * Opens a recording to be decoded as it is read, at its own sample rate.
 *
 * @throws SerError `bad-audio` as `loadAudio`
 */
export async function streamAudio(path: string): Promise<SoundStream> {
  const source = new FileSource(path);
  try {
    const stream = await openSound(source, path);
    const blocks = async function* (): AsyncGenerator<Float32Array, void> {
      try {
        yield* stream.blocks;
      } finally {
        source.close();
      }
    };
    return { ...stream, blocks: blocks() };
  } catch (error) {
    source.close();
    throw error;
  }
}

/**
 * A clip as input of the emotion model: 2.4 s from 0.6 s on, mono, 22,050 Hz, padded with zeros to 52,920 samples if the
 * recording ends earlier.
 */
export async function loadClip(path: string): Promise<Signal> {
  return padTo(await loadAudio(path, CLIP), AUDIO.samples);
}

/** `loadClip`, and the whole recording beside it at the same rate. */
export async function loadClipAndRecording(path: string): Promise<{ clip: Signal; recording: Signal }> {
  const [clip, recording] = await loadParts(path, [CLIP, {}], AUDIO.sampleRate);
  return { clip: padTo(clip, AUDIO.samples), recording };
}

/** The part of a recording that the emotion model reads. */
const CLIP: Range = { offset: AUDIO.offset, duration: AUDIO.duration };

/** The signal cut, or padded with zeros at its end, to a length in samples. */
export function padTo(signal: Signal, length: number): Signal {
  if (signal.samples.length === length) return signal;
  const samples = new Float32Array(length);
  samples.set(signal.samples.subarray(0, length));
  return { ...signal, samples };
}
