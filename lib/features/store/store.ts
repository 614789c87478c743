/**
 * Features on disk: computed once for a corpus and a set of parameters, then reused.
 *
 * data/features/<fingerprint>/ holds manifest.json and three files of little-endian float32 numbers.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { AUDIO, AUGMENTATION, GENDER, SPECTRUM } from '../../config';
import { type Clip, checkPlaces, clipSchema } from '../../data/clip';
import type { Corpus } from '../../data/corpus';
import { SerError } from '../../errors';
import { readJson, removeLeftovers, replaceFile, temporaryBeside, writeJson } from '../../files';
import { anything, list, matching, number, object, oneOf, type Schema, same, text, version } from '../../schema';
import { coefficientsOf, FEATURE_KINDS, type FeatureKind, parseFeatureKind } from '../model-features';
import { type ClipContent, isUnchanged } from './clip-content';
import { type ExtractAllOptions, extractAll } from './extract';
import { type ArrayName, type FeatureArrays, FeatureWriter, withArrays, writeByLines } from './feature-files';

/** Raised whenever the code computes other numbers from the same parameters. */
export const FEATURES_VERSION = 6;

/** Metadata of a feature store. */
export interface FeatureManifest {
  version: number;
  /** Versions of what computed it. */
  madeBy: { node: string; v8: string };
  fingerprint: string;
  corpus: { kind: Corpus['kind']; label: string; fingerprint: string };
  parameters: {
    /** Input of the emotion model. */
    features: FeatureKind;
    audio: typeof AUDIO;
    spectrum: typeof SPECTRUM;
    augmentation: typeof AUGMENTATION;
    voiceCoefficients: number;
    copies: number;
    seed: number;
  };
  /** In the order of the numbers; their paths are those of the last `computeFeatures`. */
  clips: Clip[];
  /** Fingerprints of the recordings, in the same order. */
  contents: ClipContent[];
  /** SHA-256 of each file of numbers. */
  hashes: Record<ArrayName, string>;
}

/** A hash in hexadecimal; it names a folder. */
const fingerprint = matching('16 hexadecimal digits', /^[0-9a-f]{16}$/);

const manifestSchema: Schema<FeatureManifest> = (value, place) => {
  const { clips } = object({ version: version(FEATURES_VERSION), clips: list(clipSchema, { least: 1 }) })(value, place);
  return object<FeatureManifest>({
    version: anything,
    madeBy: anything,
    fingerprint,
    corpus: object({ kind: oneOf(['ravdess', 'practice']), label: text, fingerprint: text }),
    parameters: object({
      features: oneOf(FEATURE_KINDS),
      audio: same(AUDIO, 'that of this code'),
      spectrum: same(SPECTRUM, 'that of this code'),
      augmentation: same(AUGMENTATION, 'that of this code'),
      voiceCoefficients: oneOf([GENDER.coefficients]),
      copies: number({ from: 0, whole: true }),
      seed: number({ whole: true }),
    }),
    clips: anything,
    contents: list(object({ size: number({ from: 0 }), modified: number(), sha256: text }), { length: clips.length }),
    hashes: object({ standard: text, augmented: text, voice: text }),
  })(value, place);
};

/** The features of a corpus; its arrays are read from disk when they are first looked at. */
export interface FeatureStore extends FeatureArrays {
  readonly manifest: FeatureManifest;
  /** Absolute path. */
  readonly folder: string;
  /** Frames per clip. */
  readonly frames: number;
  /** Coefficients per frame. */
  readonly coefficients: number;
  /** Augmented copies per clip. */
  readonly copies: number;
}

/** Options of `computeFeatures`. */
export interface ComputeFeaturesOptions extends Omit<ExtractAllOptions, 'features'> {
  /** One of `FEATURE_KINDS`; default `mfcc`. */
  features?: string;
  /** The folder of all stores, such as `data/features`. */
  root: string;
}

/**
 * Loads the features of every clip of a corpus from the store, or computes and stores them.
 *
 * They are recomputed if parameters, this code's version or the content of a recording changed, or a file of the store
 * is damaged. If recordings have moved, only their paths are updated. Memory does not grow with the corpus.
 *
 * `<root>/latest.json` then names this store.
 *
 * @throws RangeError if the name of the features is unknown
 * @throws SerError `bad-audio` naming the first recording that cannot be read
 * @example const store = await computeFeatures(loadCorpus(), { root: dataPath('features') })
 */
export async function computeFeatures(corpus: Corpus, options: ComputeFeaturesOptions): Promise<FeatureStore> {
  const { root, copies = AUGMENTATION.copies, seed = 11 } = options;
  const features = parseFeatureKind(options.features ?? 'mfcc');
  const parameters: FeatureManifest['parameters'] = {
    features,
    audio: AUDIO,
    spectrum: SPECTRUM,
    augmentation: AUGMENTATION,
    voiceCoefficients: GENDER.coefficients,
    copies,
    seed,
  };
  const names = corpus.clips.map((clip) => clip.name);
  const content = JSON.stringify([FEATURES_VERSION, parameters, corpus.fingerprint, names]);
  const fingerprint = createHash('sha256').update(content).digest('hex').slice(0, 16);
  const folder = path.join(root, fingerprint);
  const stored = tryReuseStore(folder, corpus.clips);
  const store = stored ?? (await compute(corpus, options, { parameters, fingerprint }, folder));
  writeJson(path.join(root, 'latest.json'), { fingerprint });
  return store;
}

/**
 * Reads the store that `computeFeatures` used last.
 *
 * @throws SerError `bad-artefact` if there is none, it is damaged or of another version, or its recordings were moved:
 * training reads those too, at the latest for the examples that a run keeps
 * @example const store = loadFeatures(dataPath('features'))
 */
export function loadFeatures(root: string): FeatureStore {
  const pointer = path.join(root, 'latest.json');
  if (!fs.existsSync(pointer)) {
    throw new SerError('bad-artefact', `loadFeatures: no features in ${root}; run 2-features first`);
  }
  const folder = path.join(root, readJson(pointer, object({ fingerprint }), 'run 2-features again').fingerprint);
  const manifest = readManifest(folder);
  checkPlaces('loadFeatures', manifest.clips, 'run 1-data and 2-features again');
  return asStore(folder, manifest);
}

async function compute(
  corpus: Corpus,
  options: ComputeFeaturesOptions,
  { parameters, fingerprint }: Pick<FeatureManifest, 'parameters' | 'fingerprint'>,
  folder: string,
): Promise<FeatureStore> {
  const { clips, kind, label } = corpus;
  const { root: _, ...extract } = options;
  const { features, copies, seed } = parameters;
  removeLeftovers(folder);
  const unfinished = temporaryBeside(folder);
  const writer = new FeatureWriter(unfinished);
  const contents: ClipContent[] = [];
  try {
    await extractAll(clips, { ...extract, features, copies, seed, content: true }, (index, found) => {
      writer.write(index, found);
      if (found.content) contents[index] = found.content;
    });
  } catch (error) {
    writer.abandon();
    throw error;
  }
  const hashes = writer.finish();
  const manifest: FeatureManifest = {
    version: FEATURES_VERSION,
    madeBy: { node: process.versions.node, v8: process.versions.v8 },
    fingerprint,
    corpus: { kind, label, fingerprint: corpus.fingerprint },
    parameters,
    clips,
    contents,
    hashes,
  };
  writeByLines(manifestOf(unfinished), manifest);
  // Another process may just have put the same store there, and read from it.
  const other = tryReuseStore(folder, clips);
  fs.rmSync(other ? unfinished : folder, { recursive: true, force: true });
  if (other) return other;
  fs.renameSync(unfinished, folder);
  return asStore(folder, manifest);
}

/**
 * Reuses a store if it is complete and matches these recordings; returns undefined for a damaged one, to recompute it.
 *
 * If the recordings have moved, its manifest is updated.
 */
function tryReuseStore(folder: string, clips: Clip[]): FeatureStore | undefined {
  try {
    if (!fs.existsSync(folder)) return undefined;
    const manifest = readManifest(folder);
    const { contents } = manifest;
    if (!clips.every((clip, index) => contents[index] && isUnchanged(clip.path, contents[index]))) return undefined;
    const store = asStore(folder, { ...manifest, clips });
    if (clips.some((clip, index) => clip.path !== manifest.clips[index].path)) {
      replaceFile(manifestOf(folder), (temporary) => writeByLines(temporary, store.manifest));
    }
    return store;
  } catch (error) {
    if (error instanceof SerError) return undefined;
    throw error;
  }
}

const manifestOf = (folder: string): string => path.join(folder, 'manifest.json');

function readManifest(folder: string): FeatureManifest {
  const manifestFile = manifestOf(folder);
  if (!fs.existsSync(manifestFile)) {
    throw new SerError('bad-artefact', `loadFeatures: no manifest.json in ${folder}; run 2-features again`);
  }
  return readJson(manifestFile, manifestSchema, 'run 2-features again');
}

/** The store of a manifest, whose files of numbers are checked. */
function asStore(folder: string, manifest: FeatureManifest): FeatureStore {
  const { spectrum, features, copies } = manifest.parameters;
  const store = { folder, manifest, frames: spectrum.frames, coefficients: coefficientsOf(features), copies };
  return withArrays(store, folder, manifest.hashes);
}
