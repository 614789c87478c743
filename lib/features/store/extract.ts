/** Feature extraction: from one recording to all its features for training. */
import { addNoise, pitch } from '../../audio/effects/augment';
import { loadAudio, loadClip, loadClipAndRecording } from '../../audio/load';
import type { Signal } from '../../audio/signal';
import { AUGMENTATION, GENDER } from '../../config';
import { Random } from '../../random';
import { forEachInThreads, type ThreadOptions } from '../../threads';
import { meanOverFrames } from '../matrix';
import { type FeatureMatrix, mfcc } from '../mel/mfcc';
import { type FeatureKind, modelFeatures } from '../model-features';
import { type ClipContent, describeContent } from './clip-content';

/**
 * MFCCs for the emotion model: 2.4 s from 0.6 s of a recording, without augmentation.
 *
 * @returns [104 × 20]
 * @throws SerError `bad-audio` if the recording cannot be decoded or ends before 0.6 s
 * @example const matrix = await getFeatures('voice.wav') // [104 × 20]
 */
export async function getFeatures(path: string): Promise<FeatureMatrix> {
  return mfcc(await loadClip(path));
}

/** The original's augmentations, in the order of its list. */
const VARIATIONS = ['standard', 'addNoise', 'pitch'] as const;

/**
 * Makes one augmented copy as in the original: two random choices from `VARIATIONS`, one after the other.
 *
 * Both may be `standard`, so about one copy in nine is the clip itself.
 *
 * @param pitchOf `pitch`, or a cached version, since it is deterministic
 */
export function augmentedCopy(signal: Signal, random: Random, pitchOf: (input: Signal) => Signal = pitch): Signal {
  const apply = {
    standard: (input: Signal) => input,
    addNoise: (input: Signal) => addNoise(input, random),
    pitch: (input: Signal) => pitchOf(input),
  };
  const [first, second] = [random.pick(VARIATIONS), random.pick(VARIATIONS)];
  return apply[second](apply[first](signal));
}

/** Caches the results of a function by argument. */
function remembering<Argument extends object, Result>(work: (argument: Argument) => Result): typeof work {
  const known = new WeakMap<Argument, Result>();
  return (argument) => {
    const result = known.get(argument) ?? work(argument);
    known.set(argument, result);
    return result;
  };
}

/** Options of feature extraction. */
export interface ExtractOptions {
  /** Input of the emotion model; default `mfcc`. */
  features?: FeatureKind;
  /** Augmented copies per clip, ≥ 0; default 3. */
  copies?: number;
  /** Seed of the augmentation; each clip draws from its own stream; default 11. */
  seed?: number;
  /** Also compute the features of the sex classifier from the whole recording; default true. */
  voice?: boolean;
  /** Also compute the file's fingerprint, by which a store detects changes; default false. */
  content?: boolean;
}

/** Features of one recording. */
export interface ClipFeatures {
  /** The clip itself, [104 × 20] for MFCCs. */
  standard: Float32Array;
  /** Its augmented copies, [copies × 104 × 20] for MFCCs. */
  augmented: Float32Array;
  /** Mean of 40 coefficients over the whole recording, for the sex classifier, [40]; empty by default. */
  voice: Float32Array;
  content?: ClipContent;
}

/** A recording: its path, and the name of its random stream, so that results depend on neither order nor folder. */
export interface Recording {
  path: string;
  name: string;
}

/** Decodes a recording once and computes all its features. */
export async function extractClip({ path, name }: Recording, options: ExtractOptions = {}): Promise<ClipFeatures> {
  const { features: kind, copies = AUGMENTATION.copies, seed = 11, voice = true } = options;
  const { clip, recording } = voice ? await loadClipAndRecording(path) : { clip: await loadClip(path) };
  // Copies identical to the clip, or to its pitch-shifted version, are not computed twice.
  const [pitchOf, featuresOf] = [
    remembering(pitch),
    remembering((signal: Signal) => modelFeatures(signal, kind).values),
  ];
  const standard = featuresOf(clip);
  const augmented = new Float32Array(copies * standard.length);
  for (let copy = 0; copy < copies; copy++) {
    const random = new Random(seed, 'augmentation', name, copy);
    augmented.set(featuresOf(augmentedCopy(clip, random, pitchOf)), copy * standard.length);
  }
  const features = { standard, augmented, voice: Float32Array.from(recording ? voiceOf(recording) : []) };
  return options.content ? { ...features, content: describeContent(path) } : features;
}

/** Options of `extractAll`. */
export interface ExtractAllOptions extends ExtractOptions, ThreadOptions {
  /** Called after each recording with the number done and the total. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * `extractClip` of many recordings on all cores: features are passed to `take` as they arrive, in no particular order.
 *
 * @throws SerError as `extractClip`, for the first recording that fails; the others are then abandoned
 */
export async function extractAll(
  clips: readonly Recording[],
  { onProgress, ...options }: ExtractAllOptions,
  take: (index: number, features: ClipFeatures) => void,
): Promise<void> {
  const recordings = clips.map(({ path, name }): Recording => ({ path, name }));
  let done = 0;
  await forEachInThreads(THREAD_FUNCTION, recordings, options, (index, features: ClipFeatures) => {
    take(index, features);
    onProgress?.(++done, clips.length);
  });
}
const THREAD_FUNCTION = { file: __filename, name: 'extractClip' };

/** The mean of 40 MFCCs over a whole recording, [40]. */
export async function voiceFeatures(path: string): Promise<number[]> {
  return voiceOf(await loadAudio(path));
}

function voiceOf(recording: Signal): number[] {
  return meanOverFrames(mfcc(recording, { coefficients: GENDER.coefficients }));
}
