/** Rows for training, validation and test, by fold. */
import { countLeaks, type Fold, type Leaks } from '../data/split';
import { applyScaler, type FeatureScaler, fitScaler } from '../features/scaler';
import type { FeatureStore } from '../features/store/store';

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

/** A row of the store: the clip itself, or one of its augmented copies. */
export interface Row {
  /** Position among the store's clips. */
  clip: number;
  /** From 0; absent for the clip itself. */
  copy?: number;
}

/** The sides of a fold that training may use: everything but the test side. */
export type TrainingSides = Pick<Fold, 'number' | 'rows' | 'train' | 'validation'>;

/** Row at a position of a fold: a clip, or in folds of copies an augmented copy. */
export function rowAt({ copies }: Pick<FeatureStore, 'copies'>, position: number, rows: Fold['rows']): Row {
  return rows === 'copies' ? { clip: Math.floor(position / copies), copy: position % copies } : { clip: position };
}

/**
 * Store rows of one side of a fold: for training clips their augmented copies, if there are any, otherwise the clips
 * themselves. In folds of copies, the positions are copies already.
 */
export function rowsOf(
  store: Pick<FeatureStore, 'copies'>,
  positions: readonly number[],
  { rows, training }: { rows: Fold['rows']; training: boolean },
): Row[] {
  const { copies } = store;
  if (rows === 'copies' || !training || copies === 0) return positions.map((place) => rowAt(store, place, rows));
  return positions.flatMap((clip) => Array.from({ length: copies }, (_, copy) => ({ clip, copy })));
}

/** Unscaled features of rows, in the order given. */
export function gatherRows(store: FeatureStore, rows: readonly Row[]): Dataset {
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

/** The same rows, standardised. */
export function scaled(data: Dataset, scaler: FeatureScaler): Dataset {
  return { ...data, features: applyScaler(data.features, scaler) };
}

/** The rows of a fold that a training may see, scaled by the training rows alone. */
export function trainingData(
  store: FeatureStore,
  { rows, train, validation }: TrainingSides,
): { train: Dataset; validation: Dataset; scaler: FeatureScaler } {
  const trainRows = gatherRows(store, rowsOf(store, train, { rows, training: true }));
  const validationRows = gatherRows(store, rowsOf(store, validation, { rows, training: false }));
  const scaler = fitScaler(trainRows.features, store.coefficients, {
    divisor: trainRows.labels.length * store.frames,
  });
  return { train: scaled(trainRows, scaler), validation: scaled(validationRows, scaler), scaler };
}

/** A value for each side of a fold. */
export type Sides<T> = Record<'train' | 'validation' | 'test', T>;

/** A fold in numbers. */
export interface FoldFacts {
  /** From 1. */
  fold: number;
  rows: Sides<number>;
  actors: Sides<number[]>;
  leaks: Leaks;
}

/** Row counts and actors of each side of a fold, and the overlap between training and test sides. */
export function describeFold(store: Pick<FeatureStore, 'copies' | 'manifest'>, fold: Fold): FoldFacts {
  const actorOf = (clip: number): number => store.manifest.clips[clip].actor;
  const each = <T>(of: (side: keyof Sides<T>) => T): Sides<T> => ({
    train: of('train'),
    validation: of('validation'),
    test: of('test'),
  });
  const clips = each((side) =>
    rowsOf(store, fold[side], { rows: fold.rows, training: side === 'train' }).map(({ clip }) => clip),
  );
  const both = [...clips.train, ...clips.test];
  const split = { train: [...clips.train.keys()], test: clips.test.map((_, row) => clips.train.length + row) };
  return {
    fold: fold.number,
    rows: each((side) => clips[side].length),
    actors: each((side) => [...new Set(clips[side].map(actorOf))].sort((a, b) => a - b)),
    leaks: countLeaks(split, both, both.map(actorOf)),
  };
}
