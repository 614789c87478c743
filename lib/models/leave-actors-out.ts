/** Leave-actors-out ensemble: each model omits some actors, so that every actor has out-of-fold predictions. */
import type { Clip } from '../data/clip';
import { SerError } from '../errors';
import type { FeatureStore } from '../features/store/store';
import { pause } from '../interrupt';
import { Random } from '../random';

import { type Row, rowAt, type TrainingSides } from '../training/dataset';
import type { FoldTask } from '../training/recipe';

/** Parts of a feature store that the trainers use. */
export type TrainerStore = Pick<FeatureStore, 'manifest' | 'copies'>;

/** Model of an ensemble, with the keys of the rows or clips that it was trained on. */
export interface EnsembleMember<Model, Key = string> {
  model: Model;
  trainedOn: ReadonlySet<Key>;
}

/**
 * Partitions the actors of a fold's training and validation sides into groups, one to leave out per model. The first
 * model leaves out the validation side; the groups of the others are drawn from the training side.
 *
 * The ensemble is trained on every actor of both sides, and every actor is left out by one model.
 *
 * @param options.models number of models, int > 1
 * @returns positions within the fold, from the training and validation sides, that each model is trained on
 * @throws RangeError if there are fewer than two models
 * @see Breiman (1996), Bagging predictors; out-of-bag estimates
 */
export function leaveActorsOut(
  clipAt: (position: number) => Clip,
  sides: TrainingSides,
  { models, seed }: { models: number; seed: number },
): { train: number[] }[] {
  if (!(Number.isInteger(models) && models > 1)) {
    throw new RangeError(`leaveActorsOut: models must be 2 or more, got ${models}`);
  }
  const { train, validation } = sides;
  const actors = [...new Set(train.map((position) => clipAt(position).actor))].sort((a, b) => a - b);
  const dealt = new Random(seed, 'bags', sides.number).shuffle(actors);
  const leaves = (model: number, position: number): boolean =>
    dealt.indexOf(clipAt(position).actor) % (models - 1) === model - 1;
  // In folds of copies the validation side is the test side, so it must not be trained on.
  const all = sides.rows === 'copies' ? train : [...train, ...validation];
  return Array.from({ length: models }, (_, model) => {
    if (model === 0) return { train: [...train] };
    const out = new Set(train.filter((position) => leaves(model, position)));
    return { train: all.filter((position) => !out.has(position)) };
  });
}

/** Unique key of a row of the store. */
const rowKey = ({ clip, copy }: Row): string => `${clip}/${copy ?? ''}`;

/**
 * Fits the models of an ensemble one after the other.
 *
 * @param caller for messages
 * @param fit fits a model to its rows
 * @throws SerError `bad-training` if an interrupt comes between two models; a partly trained fold cannot be resumed
 */
export async function fitEnsemble<Model>(
  caller: string,
  store: TrainerStore,
  { sides, seed, interrupt }: FoldTask,
  models: number,
  fit: (rows: Row[]) => Model,
): Promise<EnsembleMember<Model>[]> {
  const rowOf = (position: number): Row => rowAt(store, position, sides.rows);
  const clipAt = (position: number): Clip => store.manifest.clips[rowOf(position).clip];
  const members: EnsembleMember<Model>[] = [];
  for (const { train } of leaveActorsOut(clipAt, sides, { models, seed })) {
    await pause(); // Lets an interrupt through.
    if (interrupt?.aborted) {
      const rule = `all ${models} models must be fitted, got an interrupt after ${members.length}`;
      throw new SerError('bad-training', `${caller}: ${rule}; use the same run name to train this fold again`);
    }
    const rows = train.map(rowOf);
    members.push({ model: fit(rows), trainedOn: new Set(rows.map(rowKey)) });
  }
  return members;
}

/** Rows of the training and validation sides, each once. */
export function trainableRows(store: TrainerStore, { rows, train, validation }: TrainingSides): Row[] {
  return [...new Set([...train, ...validation])].map((position) => rowAt(store, position, rows));
}

/** Models that were not trained on a row, for an out-of-fold prediction; all if there are none. */
export function outOfFold<Model>(members: readonly EnsembleMember<Model>[], row: Row): readonly Model[] {
  return untrained(members, rowKey(row)).map(({ model }) => model);
}

/** Members that were not trained on the row or clip of a key; all if there are none. */
export function untrained<Member extends { trainedOn: ReadonlySet<Key> }, Key>(
  members: readonly Member[],
  key: Key,
): readonly Member[] {
  const others = members.filter(({ trainedOn }) => !trainedOn.has(key));
  return others.length > 0 ? others : members;
}
