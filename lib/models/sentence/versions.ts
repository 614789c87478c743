/** Sentence vectors of one recording at several playback speeds. */
import { loadAudio } from '../../audio/load';
import type { Signal } from '../../audio/signal';
import { mapInThreads } from '../../threads';
import { playedVersions } from '../utterance/played';
import { UTTERANCE } from '../utterance/settings';
import { UTTERANCE_FEATURES, utteranceSpectrogram, utteranceVector } from '../utterance/utterance-vector';
import { align, type SentenceAligner } from './aligner';
import { alignmentFrames, sentenceCepstra } from './alignment-frames';
import { SENTENCE_FEATURES, sentenceVector } from './sentence-vector';
import { SENTENCE } from './settings';

/** Options of `sentenceVersions`. */
export interface SentenceOptions {
  aligner: SentenceAligner;
  /** Playback speeds, above 0; default `UTTERANCE.speeds`. */
  speeds?: readonly number[];
}

/** Sentence vectors of a recording. */
export interface SentenceVersions {
  /** [speeds × 2,121], row-major; columns named by `SENTENCE_FEATURES`. */
  vectors: Float32Array;
  /** Recognised sentence at each speed, from 0. */
  sentences: number[];
  /** Alignment cost at the first speed, in nats per frame. */
  alignmentCost: number;
}

/** Sentence vectors of a recording, with utterance vectors: [speeds × 1,894]. */
export interface RecordingVectors extends SentenceVersions {
  utterances: Float32Array;
}

/**
 * Sentence vectors of a recording at several playback speeds.
 *
 * @param signal at any sample rate
 * @throws RangeError if the signal is empty or a speed is not above 0
 */
export function sentenceVersions(signal: Signal, options: SentenceOptions): SentenceVersions {
  const { utterances, ...versions } = versionsOf(signal, options, false);
  return versions;
}

/** Sentence and utterance vectors together, which share computation. */
export function bothVersions(signal: Signal, options: SentenceOptions): RecordingVectors {
  return versionsOf(signal, options, true);
}

const BOTH = { file: __filename, name: 'bothVersions' };

/** `bothVersions` of several sounds, on all cores, since one takes about 60 ms at five speeds. */
export function recordingVectors(sounds: readonly Signal[], options: SentenceOptions): Promise<RecordingVectors[]> {
  return mapInThreads(BOTH, sounds, options);
}

/** `sentenceVersions` of a file. */
export async function recordingSentences(
  { path }: { path: string },
  options: SentenceOptions,
): Promise<SentenceVersions> {
  return sentenceVersions(await loadAudio(path, { sampleRate: 'native' }), options);
}

/** Cepstra of a file for training an aligner, [400 × 14]: its first 5 s, padded with not-a-number. */
export async function recordingCepstra({ path }: { path: string }): Promise<Float32Array> {
  const signal = await loadAudio(path, { sampleRate: 'native' });
  const [version] = playedVersions(signal, [1]);
  const { values } = sentenceCepstra(utteranceSpectrogram(version.signal));
  const result = new Float32Array(SENTENCE.taughtFrames * SENTENCE.cepstra).fill(Number.NaN);
  result.set(values.subarray(0, result.length));
  return result;
}

function versionsOf(
  signal: Signal,
  { aligner, speeds = UTTERANCE.speeds }: SentenceOptions,
  withUtterances: boolean,
): RecordingVectors {
  const vectors = new Float32Array(speeds.length * SENTENCE_FEATURES.length);
  const utterances = new Float32Array(withUtterances ? speeds.length * UTTERANCE_FEATURES.length : 0);
  const sentences: number[] = [];
  let alignmentCost = Number.POSITIVE_INFINITY;
  for (const version of playedVersions(signal, speeds)) {
    const index = sentences.length;
    const spectrogram = utteranceSpectrogram(version.signal);
    const alignment = align(aligner, alignmentFrames(sentenceCepstra(spectrogram)));
    vectors.set(sentenceVector(spectrogram, version.melody, alignment), index * SENTENCE_FEATURES.length);
    if (withUtterances) {
      const vector = utteranceVector(version.signal, version.melody, spectrogram);
      utterances.set(vector, index * UTTERANCE_FEATURES.length);
    }
    if (index === 0) alignmentCost = alignment.alignmentCost;
    sentences.push(alignment.sentence);
  }
  return { vectors, utterances, sentences, alignmentCost };
}
