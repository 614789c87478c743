/** Confidence intervals for scores, by bootstrap over actors, since clips of an actor are correlated. */
import { Random } from '../random';
import { confusionByGroup, type Scores, scoresOf } from './metrics';
import { quantiles } from './statistics';

/** A score with the range that it would have over other actors. */
export interface Interval {
  estimate: number;
  low: number;
  high: number;
}

/** Input of `bootstrapByActor`. */
export interface BootstrapInput {
  /** The true class of each clip, from 0. */
  truth: readonly number[];
  /** The predicted class of each clip. */
  predicted: readonly number[];
  /** The actor of each clip. */
  actors: readonly number[];
  /** Resamplings, at least 1; default 1,000. */
  draws?: number;
  /** Default 11. */
  seed?: number;
}

/** 95 % intervals of the three scores. */
export interface BootstrapResult {
  accuracy: Interval;
  /** Mean recall of the classes that occur in a draw. */
  uar: Interval;
  /** Mean F1 of the classes that occur or were predicted in a draw. */
  macroF1: Interval;
  /** Actors that were resampled; below about ten, intervals come out too narrow. */
  actors: number;
  draws: number;
}

/** Share of the draws inside an interval. */
const CONFIDENCE = 0.95;

/**
 * Percentile intervals of accuracy, UAR and macro F1 by resampling actors with replacement.
 *
 * Clips of one actor resemble each other, so the actor is what must be drawn: drawing single clips would claim a
 * precision that new speakers do not bear out.
 *
 * @throws RangeError if the lists differ in length or are empty, or an option is out of its range
 * @see Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13; Field & Welsh (2007) for clusters
 */
export function bootstrapByActor(input: BootstrapInput): BootstrapResult {
  const { truth, predicted, actors, draws = 1000, seed = 11 } = input;
  if (!Number.isInteger(draws) || draws < 1) {
    throw new RangeError(`bootstrapByActor: draws must be a whole number from 1, got ${draws}`);
  }
  // In the order of the actors' numbers, so that the order of the clips does not matter.
  const byActor = [...confusionByGroup(actors, truth, predicted)]
    .sort(([actor], [other]) => actor - other)
    .map(([, confusion]) => confusion);
  const random = new Random(seed, 'bootstrapByActor');
  const scores = Array.from({ length: draws }, () => scoresOf(total(byActor.map(() => random.pick(byActor)))));
  const estimate = scoresOf(total(byActor));
  const tail = (1 - CONFIDENCE) / 2;
  const interval = (name: Exclude<keyof Scores, 'clips'>): Interval => {
    const values = scores.map((draw) => draw[name]);
    const [low, high] = quantiles(values, [tail, 1 - tail]);
    return { estimate: estimate[name], low, high };
  };
  return {
    accuracy: interval('accuracy'),
    uar: interval('uar'),
    macroF1: interval('macroF1'),
    actors: byActor.length,
    draws,
  };
}

/** The sum of confusion matrices. */
function total(matrices: readonly number[][][]): number[][] {
  return matrices[0].map((row, label) =>
    row.map((_, predicted) => matrices.reduce((sum, confusion) => sum + confusion[label][predicted], 0)),
  );
}
