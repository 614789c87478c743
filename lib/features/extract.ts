/** From one recording to everything that training needs of it. */
import { addNoise, pitch } from '../audio/augment';
import { loadAudio, loadClip } from '../audio/load';
import type { Signal } from '../audio/signal';
import { AUGMENTATION, GENDER } from '../config';
import { Random } from '../random';
import { type ClipContent, describeContent } from './clip-content';
import { type FeatureMatrix, meanOverFrames, mfcc } from './mfcc';
import { type FeatureKind, modelFeatures } from './model-features';

/**
 * The MFCCs that the emotion model reads: 2.4 s from 0.6 s of a recording, untouched.
 *
 * @returns [104 × 20]
 * @throws SerError `bad-audio` if the recording cannot be decoded or ends before 0.6 s
 */
export async function getFeatures(path: string): Promise<FeatureMatrix> {
  return mfcc(await loadClip(path));
}

/** The ways that the original varies a clip, in the order of its list. */
export const VARIATIONS = ['standard', 'addNoise', 'pitch'] as const;

/**
 * One augmented copy as the original makes it: two picks from `VARIATIONS`, one after the other.
 *
 * Both may be `standard`, so about one copy in nine is the clip itself.
 */
export function augmentedCopy(signal: Signal, random: Random): Signal {
  const apply = {
    standard: (input: Signal) => input,
    addNoise: (input: Signal) => addNoise(input, random),
    pitch: (input: Signal) => pitch(input),
  };
  const [first, second] = [random.pick(VARIATIONS), random.pick(VARIATIONS)];
  return apply[second](apply[first](signal));
}

/** Which features to make. */
export interface ExtractOptions {
  /** What the emotion model reads; default `mfcc`. */
  features?: FeatureKind;
  /** Augmented copies per clip, ≥ 0; default 3. */
  copies?: number;
  /** Seed of the augmentation; each clip draws from its own stream; default 11. */
  seed?: number;
  /** Also describe the voice by its whole recording; default true. */
  voice?: boolean;
  /** Also describe the file's content, by which a store notices a change; default false. */
  content?: boolean;
}

/** What one recording yields. */
export interface ClipFeatures {
  /** The clip itself, [104 × 20] for MFCCs. */
  standard: Float32Array;
  /** Its augmented copies, [copies × 104 × 20] for MFCCs. */
  augmented: Float32Array;
  /** Mean of 40 coefficients over the whole recording, which tells the voice's sex, [40]; empty where not asked for. */
  voice: Float32Array;
  content?: ClipContent;
}

/**
 * Reads a recording once and makes all its features.
 *
 * @param name names the stream of chance, so that the result depends on neither order nor folder
 */
export async function extractClip(path: string, name: string, options: ExtractOptions = {}): Promise<ClipFeatures> {
  const { features: kind, copies = AUGMENTATION.copies, seed = 11, voice = true } = options;
  const clip = await loadClip(path);
  const standard = modelFeatures(clip, kind).values;
  const augmented = new Float32Array(copies * standard.length);
  for (let copy = 0; copy < copies; copy++) {
    const random = new Random(seed, 'augmentation', name, copy);
    augmented.set(modelFeatures(augmentedCopy(clip, random), kind).values, copy * standard.length);
  }
  const features = { standard, augmented, voice: Float32Array.from(voice ? await voiceFeatures(path) : []) };
  return options.content ? { ...features, content: describeContent(path) } : features;
}

/** The mean of 40 MFCCs over a whole recording, [40]. */
export async function voiceFeatures(path: string): Promise<number[]> {
  return meanOverFrames(mfcc(await loadAudio(path), { coefficients: GENDER.coefficients }));
}
