/** From a file to a signal: decode, cut, mix to mono, resample. */
import fs from 'node:fs/promises';
import { AUDIO } from '../config';
import { SerError } from '../errors';
import { decodeMp3, isMp3 } from './mp3';
import type { Range } from './range';
import { resample } from './resample';
import type { Signal } from './signal';
import { decodeWav, isWav } from './wav';

/** Options of `loadAudio`. Seconds and hertz. */
export interface LoadOptions extends Range {
  /** Hertz; default 22,050. `undefined` in a call keeps the default; `'native'` keeps the file's own. */
  sampleRate?: number | 'native';
}

/**
 * Reads WAV or MP3, told apart by content, as mono.
 *
 * decode → mean of the channels → cut → resample, in librosa.load's order
 *
 * @throws SerError `bad-audio` if the file cannot be read or decoded, or ends before `offset`
 */
export async function loadAudio(path: string, options: LoadOptions = {}): Promise<Signal> {
  const { sampleRate = AUDIO.sampleRate, ...range } = options;
  const signal = await decodeFile(path, range);
  return sampleRate === 'native' ? signal : resample(signal, sampleRate);
}

async function decodeFile(path: string, range: Range): Promise<Signal> {
  let bytes: Uint8Array;
  try {
    bytes = await fs.readFile(path);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new SerError('bad-audio', `loadAudio: the file must be readable, got ${reason} for "${path}"`, { cause });
  }
  if (isWav(bytes)) return decodeWav(bytes, path, range);
  if (isMp3(bytes)) return decodeMp3(bytes, path, range);
  throw new SerError('bad-audio', `loadAudio: the file must be WAV or MP3, got ${beginning(bytes)} in "${path}"`);
}

function beginning(bytes: Uint8Array): string {
  return bytes.length === 0
    ? 'an empty file'
    : `bytes ${Buffer.from(bytes.subarray(0, 4)).toString('hex')} at its start`;
}

/**
 * A clip as the emotion model hears it: 2.4 s from 0.6 s, mono, 22,050 Hz, padded with zeros to 52,920
 * samples where the recording ends earlier.
 */
export async function loadClip(path: string): Promise<Signal> {
  return padTo(await loadAudio(path, { offset: AUDIO.offset, duration: AUDIO.duration }), AUDIO.samples);
}

/** The signal cut, or padded with zeros at its end, to a length in samples. */
export function padTo(signal: Signal, length: number): Signal {
  if (signal.samples.length === length) return signal;
  const samples = new Float32Array(length);
  samples.set(signal.samples.subarray(0, length));
  return { ...signal, samples };
}
