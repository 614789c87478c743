/**
 * Features on disk: computed once for a corpus and a set of parameters, then reused.
 *
 * data/features/<fingerprint>/ holds manifest.json and three files of little-endian float32 numbers.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { AUDIO, AUGMENTATION, GENDER, SPECTRUM } from '../config';
import type { Clip } from '../data/clip';
import type { Corpus } from '../data/corpus';
import { SerError } from '../errors';
import { readJson, writeFile, writeJson } from '../files';
import { type ExtractAllOptions, extractAll } from './pool';

/** Raised whenever the code computes other numbers from the same parameters. */
export const FEATURES_VERSION = 2;

/** What a feature store knows of itself. */
export interface FeatureManifest {
  version: number;
  fingerprint: string;
  corpus: { kind: Corpus['kind']; label: string; fingerprint: string };
  parameters: {
    audio: typeof AUDIO;
    spectrum: typeof SPECTRUM;
    augmentation: typeof AUGMENTATION;
    voiceCoefficients: number;
    copies: number;
    seed: number;
  };
  /** In the order of the numbers. */
  clips: Clip[];
  /** SHA-256 of each file. */
  hashes: Record<ArrayName, string>;
}

/** The arrays of a store, each in a file of its own. */
const ARRAYS = ['standard', 'augmented', 'voice'] as const;
type ArrayName = (typeof ARRAYS)[number];

/** The features of a corpus, in memory. */
export interface FeatureStore extends Record<ArrayName, Float32Array> {
  readonly manifest: FeatureManifest;
  /** Where they lie on disk. */
  readonly folder: string;
  /** Frames per clip. */
  readonly frames: number;
  /** Coefficients per frame. */
  readonly coefficients: number;
  /** Augmented copies per clip. */
  readonly copies: number;
  /** The clips as they are, [clips × frames × coefficients]. */
  readonly standard: Float32Array;
  /** The augmented copies, [clips × copies × frames × coefficients]. */
  readonly augmented: Float32Array;
  /** Mean coefficients of whole recordings, [clips × 40]. */
  readonly voice: Float32Array;
}

/** Options of `computeFeatures`. */
export interface ComputeFeaturesOptions extends ExtractAllOptions {
  /** The folder of all stores, such as `data/features`. */
  root: string;
}

/**
 * The features of every clip of a corpus: read from the store if they are there, else computed and stored.
 *
 * `<root>/latest.json` then names this store.
 *
 * @throws SerError `bad-audio` naming the first recording that cannot be read
 */
export async function computeFeatures(corpus: Corpus, options: ComputeFeaturesOptions): Promise<FeatureStore> {
  const { root, copies = AUGMENTATION.copies, seed = 11 } = options;
  const parameters = describeParameters({ copies, seed });
  const fingerprint = hash(
    JSON.stringify([FEATURES_VERSION, parameters, corpus.fingerprint, corpus.clips.map((clip) => clip.name)]),
  ).slice(0, 16);
  const folder = path.join(root, fingerprint);
  const stored = tryReadStore(folder);
  const store = stored ?? (await compute(corpus, options, parameters, fingerprint, folder));
  writeJson(path.join(root, 'latest.json'), { fingerprint });
  return store;
}

/**
 * Reads the store that `computeFeatures` used last.
 *
 * @throws SerError `bad-artefact` if there is none, or it is damaged or of another version
 */
export function loadFeatures(root: string): FeatureStore {
  const pointer = path.join(root, 'latest.json');
  if (!fs.existsSync(pointer)) {
    throw new SerError('bad-artefact', `loadFeatures: no features in ${root}; run 2-features first`);
  }
  return readStore(path.join(root, readJson<{ fingerprint: string }>(pointer).fingerprint));
}

function describeParameters({ copies, seed }: { copies: number; seed: number }): FeatureManifest['parameters'] {
  return {
    audio: AUDIO,
    spectrum: SPECTRUM,
    augmentation: AUGMENTATION,
    voiceCoefficients: GENDER.coefficients,
    copies,
    seed,
  };
}

async function compute(
  corpus: Corpus,
  options: ComputeFeaturesOptions,
  parameters: FeatureManifest['parameters'],
  fingerprint: string,
  folder: string,
): Promise<FeatureStore> {
  const { clips } = corpus;
  const matrix = SPECTRUM.frames * SPECTRUM.coefficients;
  const arrays = {
    standard: new Float32Array(clips.length * matrix),
    augmented: new Float32Array(clips.length * parameters.copies * matrix),
    voice: new Float32Array(clips.length * GENDER.coefficients),
  };
  const { root: _, ...extract } = options;
  await extractAll(clips, { ...extract, copies: parameters.copies, seed: parameters.seed }, (index, features) => {
    for (const name of ARRAYS) arrays[name].set(features[name], index * features[name].length);
  });
  const unfinished = `${folder}.unfinished`;
  fs.rmSync(unfinished, { recursive: true, force: true });
  const hashes = {} as Record<ArrayName, string>;
  for (const name of ARRAYS) {
    const bytes = Buffer.from(arrays[name].buffer, arrays[name].byteOffset, arrays[name].byteLength);
    hashes[name] = hash(bytes);
    writeFile(path.join(unfinished, `${name}.f32`), bytes);
  }
  const { kind, label, fingerprint: corpusFingerprint } = corpus;
  const manifest: FeatureManifest = {
    version: FEATURES_VERSION,
    fingerprint,
    corpus: { kind, label, fingerprint: corpusFingerprint },
    parameters,
    clips,
    hashes,
  };
  writeJson(path.join(unfinished, 'manifest.json'), manifest);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.renameSync(unfinished, folder);
  return asStore(folder, manifest, arrays);
}

/** The store if it is there and whole; a damaged one counts as absent, since it can be computed again. */
function tryReadStore(folder: string): FeatureStore | undefined {
  try {
    return fs.existsSync(folder) ? readStore(folder) : undefined;
  } catch (error) {
    if (error instanceof SerError) return undefined;
    throw error;
  }
}

function readStore(folder: string): FeatureStore {
  const manifestFile = path.join(folder, 'manifest.json');
  if (!fs.existsSync(manifestFile)) {
    throw new SerError('bad-artefact', `loadFeatures: no manifest.json in ${folder}; run 2-features again`);
  }
  const manifest = readJson<FeatureManifest>(manifestFile);
  if (manifest.version !== FEATURES_VERSION) {
    throw new SerError(
      'bad-artefact',
      `loadFeatures: features v${manifest.version} in ${folder}, this code reads v${FEATURES_VERSION}; run 2-features again`,
    );
  }
  const read = (name: ArrayName): Float32Array => {
    const file = path.join(folder, `${name}.f32`);
    const bytes = fs.existsSync(file) ? fs.readFileSync(file) : Buffer.alloc(0);
    if (hash(bytes) !== manifest.hashes[name]) {
      throw new SerError('bad-artefact', `loadFeatures: ${file} is missing or damaged; run 2-features again`);
    }
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  };
  return asStore(folder, manifest, { standard: read('standard'), augmented: read('augmented'), voice: read('voice') });
}

function asStore(folder: string, manifest: FeatureManifest, arrays: Record<ArrayName, Float32Array>): FeatureStore {
  const { frames, coefficients } = manifest.parameters.spectrum;
  return { folder, manifest, frames, coefficients, copies: manifest.parameters.copies, ...arrays };
}

function hash(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
