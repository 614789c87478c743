/** From a file to a signal: decode, cut, mix to mono, resample. */
import { AUDIO } from '../config';
import { badAudio } from './bad-audio';
import { decodeFlac, decodeOggFlac } from './flac';
import { type Kind, kindOf } from './kinds';
import { decodeMp3 } from './mp3';
import { openOgg } from './ogg';
import { decodeOpus } from './opus';
import { frameRange, type Range } from './range';
import { resampleSource } from './resample';
import { inMemory, type SampleSource, toSignal } from './sample-source';
import type { Signal } from './signal';
import { type ByteSource, FileSource, memorySource } from './source';
import { decodeVorbis } from './vorbis';
import { decodeWavSource, openWav } from './wav';

/** Bytes of the largest MP3 or Ogg file; these are read whole. */
const LARGEST_WHOLE = 2 ** 30;

/** Options of `loadAudio`. Seconds and hertz. */
export interface LoadOptions extends Range {
  /** Hertz; default 22,050. `undefined` in a call keeps the default; `'native'` keeps the file's own. */
  sampleRate?: number | 'native';
}

/**
 * Reads WAV, FLAC, MP3, Ogg Vorbis or Opus, told apart by content, as mono.
 *
 * decode → mean of the channels → cut → resample, in librosa.load's order. Of WAV and FLAC only the range is read.
 *
 * @throws SerError `bad-audio` if the file cannot be read or decoded, or ends before `offset`
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
    const found = kindOf(source);
    const parts =
      found.kind === 'WAV' ? ranges.map((range) => openWav(source, range)) : await decodeParts(source, found, ranges);
    return parts.map((part) => (sampleRate === 'native' ? toSignal(part) : resampleSource(part, sampleRate)));
  } finally {
    source.close();
  }
}

/** Parts of a recording that must be decoded; WAV is read by the resampler where it needs it. */
async function decodeParts(source: ByteSource, found: Kind, ranges: readonly Range[]): Promise<SampleSource[]> {
  if (ranges.length === 1) return [inMemory(await decode(source, found, ranges[0]))];
  const { samples, sampleRate } = await decode(source, found, {});
  return ranges.map((range) => {
    const [first, last] = frameRange(samples.length, sampleRate, source.name, range);
    return inMemory({ samples: samples.subarray(first, last), sampleRate });
  });
}

/**
 * Decodes a recording in memory, of any kind that `loadAudio` reads, at its own sample rate.
 *
 * @param name what to call it in errors
 * @throws SerError `bad-audio` as `loadAudio`
 */
export async function decodeAudio(bytes: Uint8Array, name: string, range: Range = {}): Promise<Signal> {
  const source = memorySource(bytes, name);
  return decode(source, kindOf(source), range);
}

async function decode(source: ByteSource, found: Kind, range: Range): Promise<Signal> {
  if (found.kind === 'other') {
    const rule = 'the file must be WAV, FLAC, MP3, Ogg Vorbis or Opus; convert it first, as by ffmpeg -i IN OUT.wav';
    throw badAudio('loadAudio', rule, found.is, source.name);
  }
  if (found.kind === 'WAV') return decodeWavSource(source, range);
  if (found.kind === 'FLAC') return decodeFlac(source, found.start, range);
  if (source.size > LARGEST_WHOLE) {
    const rule = `MP3 and Ogg files must have at most ${LARGEST_WHOLE} bytes; split them first`;
    throw badAudio('loadAudio', rule, source.size, source.name);
  }
  const bytes = source.read(0, source.size);
  if (found.kind === 'MP3') return decodeMp3(bytes, source.name, range);
  const { codec, packets } = openOgg(bytes, source.name);
  const decodeStream = { Vorbis: decodeVorbis, Opus: decodeOpus, FLAC: decodeOggFlac }[codec];
  return decodeStream(packets, source, range);
}

/**
 * A clip as the emotion model hears it: 2.4 s from 0.6 s, mono, 22,050 Hz, padded with zeros to 52,920
 * samples where the recording ends earlier.
 */
export async function loadClip(path: string): Promise<Signal> {
  return padTo(await loadAudio(path, CLIP), AUDIO.samples);
}

/** `loadClip`, and the whole recording beside it at the same rate. */
export async function loadClipAndRecording(path: string): Promise<{ clip: Signal; recording: Signal }> {
  const [clip, recording] = await loadParts(path, [CLIP, {}], AUDIO.sampleRate);
  return { clip: padTo(clip, AUDIO.samples), recording };
}

/** The part of a recording that the emotion model hears. */
const CLIP: Range = { offset: AUDIO.offset, duration: AUDIO.duration };

/** The signal cut, or padded with zeros at its end, to a length in samples. */
export function padTo(signal: Signal, length: number): Signal {
  if (signal.samples.length === length) return signal;
  const samples = new Float32Array(length);
  samples.set(signal.samples.subarray(0, length));
  return { ...signal, samples };
}
