/** Several models on one training side, each without some of its voices, so that every voice can be asked about. */
import type { Clip } from '../data/clip';
import { Random } from '../random';
import type { Row, TrainingSides } from './dataset';

/** What one model of a bagging learns from, and what it must not have heard. */
export interface Bag {
  /** Positions of the fold's training side, counted as the fold counts. */
  train: number[];
}

/** Options of `drawBags`. */
export interface BagOptions {
  /** Models, int > 1. */
  bags: number;
  seed: number;
}

/**
 * Divides the actors of a fold's training and validation side into groups, one for each model to leave out. The first
 * leaves out the validation side; the others' groups are drawn from the training side.
 *
 * Over all models every voice of both sides teaches, and each model can be tested on the voices that it left out.
 *
 * @throws RangeError if there are fewer than two bags
 * @see Breiman (1996), Bagging predictors; out-of-bag estimates
 */
export function drawBags(clipAt: (position: number) => Clip, sides: TrainingSides, { bags, seed }: BagOptions): Bag[] {
  if (!(Number.isInteger(bags) && bags > 1)) throw new RangeError(`drawBags: bags must be 2 or more, got ${bags}`);
  const { train, validation } = sides;
  const actors = [...new Set(train.map((position) => clipAt(position).actor))].sort((a, b) => a - b);
  const dealt = new Random(seed, 'bags', sides.number).shuffle(actors);
  const leaves = (bag: number, position: number): boolean =>
    dealt.indexOf(clipAt(position).actor) % (bags - 1) === bag - 1;
  // In folds of copies the validation side is the test side, and must not teach.
  const all = sides.rows === 'copies' ? train : [...train, ...validation];
  return Array.from({ length: bags }, (_, bag) => {
    if (bag === 0) return { train: [...train] };
    const out = new Set(train.filter((position) => leaves(bag, position)));
    return { train: all.filter((position) => !out.has(position)) };
  });
}

/** What tells a row of the store from others. */
export const rowKey = ({ clip, copy }: Row): string => `${clip}/${copy ?? ''}`;
