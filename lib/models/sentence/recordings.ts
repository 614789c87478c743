/** Sentence vectors of recordings at several playback speeds, and the cepstra that the aligner is trained on. */
import { loadAudio } from '../../audio/load';
import type { Signal } from '../../audio/signal';
import type { FeatureMatrix } from '../../features/mel/mfcc';
import { type ClipArrayOptions, computeClipArrays } from '../../features/store/clip-arrays';
import type { FeatureStore } from '../../features/store/store';
import { mapInThreads } from '../../threads';
import { atSpeeds } from '../utterance/recordings';
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

/** `bothVersions` of several sounds, on all cores, since one takes about 60 ms at five speeds. */
export function recordingVectors(sounds: readonly Signal[], options: SentenceOptions): Promise<RecordingVectors[]> {
  return mapInThreads({ file: __filename, name: 'bothVersions' }, sounds, options);
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
  for (const { signal: played, melody } of atSpeeds(signal, speeds)) {
    const index = sentences.length;
    const spectrogram = utteranceSpectrogram(played);
    const alignment = align(aligner, alignmentFrames(sentenceCepstra(spectrogram)));
    vectors.set(sentenceVector(spectrogram, melody, alignment), index * SENTENCE_FEATURES.length);
    if (withUtterances) {
      utterances.set(utteranceVector(played, melody, spectrogram), index * UTTERANCE_FEATURES.length);
    }
    if (index === 0) alignmentCost = alignment.alignmentCost;
    sentences.push(alignment.sentence);
  }
  return { vectors, utterances, sentences, alignmentCost };
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
  const [original] = atSpeeds(signal, [1]);
  const { values } = sentenceCepstra(utteranceSpectrogram(original.signal));
  const result = new Float32Array(SENTENCE.taughtFrames * SENTENCE.cepstra).fill(Number.NaN);
  result.set(values.subarray(0, result.length));
  return result;
}

/** Sentence features of a corpus's recordings. */
export interface Sentences {
  /** Alignment features of a clip. */
  frames(clip: number): FeatureMatrix;
  /** Sentence vectors of clips at several playback speeds. */
  versions(clips: readonly number[], aligner: SentenceAligner): Promise<SentenceVersions[]>;
}

/**
 * The sentences of a store's clips; the cepstra are kept beside its features as `computeClipArrays` does.
 *
 * @throws SerError `bad-audio` naming the first recording that cannot be read
 */
export async function computeSentences(
  store: Pick<FeatureStore, 'manifest' | 'folder'>,
  options: ClipArrayOptions = {},
): Promise<Sentences> {
  const { taughtFrames, cepstra } = SENTENCE;
  const size = taughtFrames * cepstra;
  const compute = { file: __filename, name: 'recordingCepstra' };
  const all = await computeClipArrays(store, { name: 'cepstra', settings: SENTENCE, size, compute }, options);
  const { clips } = store.manifest;
  return {
    frames: (clip) => {
      const padded = all.subarray(clip * size, (clip + 1) * size);
      const end = padded.findIndex(Number.isNaN);
      const values = end < 0 ? padded : padded.subarray(0, end);
      return alignmentFrames({ frames: values.length / cepstra, coefficients: cepstra, values });
    },
    versions: (asked, aligner) => {
      const recordings = asked.map((clip) => ({ path: clips[clip].path }));
      return mapInThreads({ file: __filename, name: 'recordingSentences' }, recordings, { aligner });
    },
  };
}
