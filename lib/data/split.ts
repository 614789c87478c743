/** Division of clips into training, validation and test sets. */
import { Random } from '../random';
import type { Clip } from './clip';
import type { Sex } from './labels';

/** Positions in a list of clips, so that anything computed per clip can be divided the same way. */
export interface Split {
  train: number[];
  /** For early stopping and the learning rate; never the clips that the result is measured on. */
  validation: number[];
  test: number[];
}

/** One division among those of a protocol. */
export interface Fold extends Split {
  /** From 1. */
  number: number;
  /** Unit of the positions: clips, or augmented copies (copy c of clip i is at i × copies + c). */
  rows: 'clips' | 'copies';
}

/** Options of `splitByActor`. */
export interface SplitByActorOptions {
  /** Actors to test on; default the first published fold on all 24, else about a fifth of the actors, drawn. */
  testActors?: readonly number[];
  /** Actors to validate on; default 4 of 24 (two of each sex), else about 15 %, drawn from those not tested on. */
  validationActors?: readonly number[];
  /** Default 11. */
  seed?: number;
}

/** The first of the five folds of Luna-Jiménez et al. (2021), Sensors 21:7665, which later work compares with. */
const FIRST_FOLD = [2, 5, 14, 15, 16];
const ALL_ACTORS = 24;

/**
 * Divides clips so that no actor is on two sides: the model is tested on unseen speakers.
 *
 * The same clips, options and seed give the same split. Drawn actors are balanced by sex as far as there are any.
 *
 * @throws RangeError if there are fewer than three actors, or an actor is unknown or given twice, or nobody is left
 * @example splitByActor(corpus.clips).test.length // 300: five actors × 60 clips
 */
export function splitByActor(clips: readonly Clip[], options: SplitByActorOptions = {}): Split {
  const sexes = new Map<number, Sex>();
  for (const clip of clips) sexes.set(clip.actor, clip.sex);
  const actors = [...sexes.keys()].sort((a, b) => a - b);
  if (actors.length < 3) {
    throw new RangeError(`splitByActor: clips must be of at least 3 actors, got ${actors.length}`);
  }
  const { seed = 11 } = options;
  const given = { test: options.testActors, validation: options.validationActors };
  for (const [side, list] of Object.entries(given)) {
    if (list) checkActors(side, list, actors);
  }

  // What one side is given, the other cannot draw; so a given list also shapes what is drawn.
  const free = (taken: readonly number[] = []) => actors.filter((actor) => !taken.includes(actor));
  const whole = actors.length === ALL_ACTORS;
  let test = given.test;
  if (!test) {
    const preferred = whole && FIRST_FOLD.every((actor) => !given.validation?.includes(actor));
    const count = Math.max(1, Math.round(actors.length * 0.2));
    test = preferred ? FIRST_FOLD : drawActors(free(given.validation), count, sexes, new Random(seed, 'test actors'));
  }
  const count = whole ? 4 : Math.max(1, Math.round(actors.length * 0.15));
  const validation = given.validation ?? drawActors(free(test), count, sexes, new Random(seed, 'validation actors'));

  const both = test.find((actor) => validation.includes(actor));
  if (both !== undefined) throw new RangeError(`splitByActor: actor ${both} is in both validation and test`);
  const split: Split = { train: [], validation: [], test: [] };
  clips.forEach((clip, index) => {
    const side = test.includes(clip.actor) ? 'test' : validation.includes(clip.actor) ? 'validation' : 'train';
    split[side].push(index);
  });
  if (split.train.length === 0) {
    throw new RangeError(`splitByActor: at least one actor must be left to train on, got none of ${actors.length}`);
  }
  return split;
}

/**
 * The original notebook's split: augmented copies are shuffled, then cut. It leaks: copies of one recording, and
 * recordings of one voice, end up on both sides, so its accuracy says little about new voices. `countLeaks` measures it.
 *
 * The order is this library's own for the seed; scikit-learn's shuffle of seed 11 differs, the leak does not.
 *
 * @param copies rows of the feature table, one per augmented copy
 * @returns row numbers; the test side has ceil(copies × testFraction) rows, as scikit-learn rounds
 */
export function splitOriginal(
  copies: number,
  { seed = 11, testFraction = 0.2 }: { seed?: number; testFraction?: number } = {},
): { train: number[]; test: number[] } {
  if (!Number.isInteger(copies) || copies < 2) {
    throw new RangeError(`splitOriginal: copies must be a whole number of at least 2, got ${copies}`);
  }
  if (!(testFraction > 0 && testFraction < 1)) {
    throw new RangeError(`splitOriginal: testFraction must be between 0 and 1, got ${testFraction}`);
  }
  const rows = new Random(seed, 'original split').shuffle(Array.from({ length: copies }, (_, row) => row));
  const testRows = Math.min(copies - 1, Math.ceil(copies * testFraction));
  return { train: rows.slice(testRows), test: rows.slice(0, testRows) };
}

/** Overlap of a test set with its training set. */
export interface Leaks {
  /** Rows of the test side. */
  testRows: number;
  /** Test rows of which another copy of the same recording is in training. */
  sameClip: number;
  /** Test rows whose actor is in training. */
  sameActor: number;
}

/**
 * Counts the test rows whose recording or speaker is also on the training side; both counts are 0 without a leak.
 *
 * @param rowClips for each row, the recording it was made from
 * @param rowActors for each row, the actor who speaks
 */
export function countLeaks(
  split: { train: readonly number[]; test: readonly number[] },
  rowClips: readonly (number | string)[],
  rowActors: readonly number[],
): Leaks {
  if (rowClips.length !== rowActors.length) {
    throw new RangeError(
      `countLeaks: every row needs a clip and an actor, got ${rowClips.length} clips and ${rowActors.length} actors`,
    );
  }
  const outside = [...split.train, ...split.test].find((row) => !(row in rowClips));
  if (outside !== undefined) {
    throw new RangeError(`countLeaks: rows must be below ${rowClips.length}, got ${outside}`);
  }
  const clips = new Set(split.train.map((row) => rowClips[row]));
  const actors = new Set(split.train.map((row) => rowActors[row]));
  return {
    testRows: split.test.length,
    sameClip: split.test.filter((row) => clips.has(rowClips[row])).length,
    sameActor: split.test.filter((row) => actors.has(rowActors[row])).length,
  };
}

/** Draws `count` actors, each from the sex with more actors left, so that both stay represented; leaves at least one. */
function drawActors(actors: readonly number[], count: number, sexes: Map<number, Sex>, random: Random): number[] {
  const drawn: number[] = [];
  const male = random.shuffle(actors.filter((actor) => sexes.get(actor) === 'male'));
  const female = random.shuffle(actors.filter((actor) => sexes.get(actor) === 'female'));
  while (drawn.length < Math.min(count, actors.length - 1)) {
    const even = random.pick([male, female]);
    const larger = male.length === female.length ? even : male.length > female.length ? male : female;
    const actor = larger.pop();
    if (actor === undefined) break;
    drawn.push(actor);
  }
  return drawn.sort((a, b) => a - b);
}

function checkActors(side: string, list: readonly number[], actors: readonly number[]): void {
  if (list.length === 0) throw new RangeError(`splitByActor: ${side}Actors must name an actor, got an empty list`);
  const unknown = list.find((actor) => !actors.includes(actor));
  if (unknown !== undefined) {
    throw new RangeError(`splitByActor: ${side} actors must be of ${actors.join(', ')}, got ${unknown}`);
  }
  const twice = list.find((actor, index) => list.indexOf(actor) !== index);
  if (twice !== undefined) throw new RangeError(`splitByActor: actor ${twice} is twice in ${side}Actors`);
}
