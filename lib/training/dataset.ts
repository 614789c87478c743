/** Rows for training, validation and test, by protocol. */
import { TRAINING } from '../config';
import { countLeaks, type Leaks, type SplitByActorOptions, splitByActor, splitOriginal } from '../data/split';
import type { FeatureStore } from '../features/store';
import { applyScaler, type FeatureScaler, fitScaler } from './scaler';

/** Examples for a model. */
export interface Dataset {
  /** [rows × frames × coefficients] */
  readonly features: Float32Array;
  /** Index of the emotion, one per row. */
  readonly labels: Int32Array;
  /** The clip that each row was made from, as an index into the store's clips. */
  readonly clips: Int32Array;
  readonly frames: number;
  readonly coefficients: number;
}

/**
 * How clips are divided. `actor-split`: no voice on two sides, augmentation after the split. `original`: the
 * original notebook's, which shuffles augmented copies first and stops on the test side, so it leaks twice.
 */
export type Protocol = 'actor-split' | 'original';
export const PROTOCOLS: readonly Protocol[] = ['actor-split', 'original'];

/**
 * Protocols by their names, each once, in the order given.
 *
 * @throws RangeError if a name is unknown
 */
export function parseProtocols(names: readonly string[]): Protocol[] {
  const unknown = names.find((name) => !(PROTOCOLS as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`parseProtocols: protocols must be of ${PROTOCOLS.join(', ')}, got "${unknown}"`);
  }
  return [...new Set(names)] as Protocol[];
}

/** Three sides and what is known about them. */
export interface ProtocolData {
  protocol: Protocol;
  /** Scaled. */
  train: Dataset;
  /** Scaled. */
  validation: Dataset;
  /** As it is; whoever evaluates scales it with `scaler`. */
  test: Dataset;
  /** Fitted on the training rows alone. */
  scaler: FeatureScaler;
  leaks: Leaks;
}

/** A row of the store: the clip itself, or one of its augmented copies. */
interface Row {
  clip: number;
  copy?: number;
}

/**
 * The rows of a protocol; those of training and validation are scaled by the training rows.
 *
 * @throws RangeError if the protocol is unknown, or the actors are too few to divide
 */
export function buildDatasets(
  store: FeatureStore,
  protocol: Protocol,
  options: SplitByActorOptions = {},
): ProtocolData {
  const sides = divide(store, protocol, options);
  const { clips } = store.manifest;
  const all = [...sides.train, ...sides.test];
  const leaks = countLeaks(
    {
      train: all.slice(0, sides.train.length).map((_, i) => i),
      test: sides.test.map((_, i) => sides.train.length + i),
    },
    all.map(({ clip }) => clip),
    all.map(({ clip }) => clips[clip].actor),
  );
  const train = gather(store, sides.train);
  const scaler = fitScaler(train.features, store.coefficients);
  const scaled = (data: Dataset): Dataset => ({ ...data, features: applyScaler(data.features, scaler) });
  return {
    protocol,
    train: scaled(train),
    validation: scaled(gather(store, sides.validation)),
    test: gather(store, sides.test),
    scaler,
    leaks,
  };
}

function divide(
  store: FeatureStore,
  protocol: Protocol,
  options: SplitByActorOptions,
): Record<'train' | 'validation' | 'test', Row[]> {
  const { clips } = store.manifest;
  const copiesOf = (clip: number): Row[] => Array.from({ length: store.copies }, (_, copy) => ({ clip, copy }));
  if (protocol === 'actor-split') {
    const split = splitByActor(clips, options);
    const itself = (clip: number): Row => ({ clip });
    // Without copies the clips themselves are trained on.
    const train = store.copies > 0 ? split.train.flatMap(copiesOf) : split.train.map(itself);
    return { train, validation: split.validation.map(itself), test: split.test.map(itself) };
  }
  if (protocol === 'original') {
    const rows = store.copies > 0 ? [...clips.keys()].flatMap(copiesOf) : [...clips.keys()].map((clip) => ({ clip }));
    const { train, test } = splitOriginal(rows.length, { seed: options.seed, testFraction: TRAINING.testFraction });
    const testRows = test.map((row) => rows[row]);
    return { train: train.map((row) => rows[row]), validation: testRows, test: testRows };
  }
  throw new RangeError(`buildDatasets: protocol must be ${PROTOCOLS.join(' or ')}, got "${protocol}"`);
}

function gather(store: FeatureStore, rows: Row[]): Dataset {
  const { frames, coefficients, copies } = store;
  const size = frames * coefficients;
  const features = new Float32Array(rows.length * size);
  rows.forEach(({ clip, copy }, i) => {
    const [source, position] = copy === undefined ? [store.standard, clip] : [store.augmented, clip * copies + copy];
    features.set(source.subarray(position * size, (position + 1) * size), i * size);
  });
  return {
    features,
    labels: Int32Array.from(rows, ({ clip }) => store.manifest.clips[clip].label),
    clips: Int32Array.from(rows, ({ clip }) => clip),
    frames,
    coefficients,
  };
}
