/** Leave-actors-out ensemble: each model omits some actors, so that every actor has out-of-fold predictions. */
import type { Clip } from '../data/clip';
import { Random } from '../random';
import type { Row, TrainingSides } from '../training/dataset';

/** Training rows of one model of the ensemble. */
export interface EnsembleMember {
  /** Positions within the fold, training and validation sides. */
  train: number[];
}

/** Options of `leaveActorsOut`. */
export interface LeaveActorsOutOptions {
  /** Number of models, int > 1. */
  models: number;
  seed: number;
}

/**
 * Partitions the actors of a fold's training and validation sides into groups, one to leave out per model. The first
 * model leaves out the validation side; the groups of the others are drawn from the training side.
 *
 * The ensemble is trained on every actor of both sides, and every actor is left out by one model.
 *
 * @throws RangeError if there are fewer than two models
 * @see Breiman (1996), Bagging predictors; out-of-bag estimates
 */
export function leaveActorsOut(
  clipAt: (position: number) => Clip,
  sides: TrainingSides,
  { models, seed }: LeaveActorsOutOptions,
): EnsembleMember[] {
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
export const rowKey = ({ clip, copy }: Row): string => `${clip}/${copy ?? ''}`;
