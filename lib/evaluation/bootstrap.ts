/** Confidence intervals for scores, by bootstrap over actors, since clips of an actor are correlated. */
import { Random } from '../random';
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
  /** Share of the draws inside the interval, between 0 and 1; default 0.95. */
  confidence?: number;
  /** Default 11. */
  seed?: number;
}

/** Intervals of the three scores. */
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

/** Clips, hits and answers by class. */
interface Tally {
  counts: number[];
  hits: number[];
  answers: number[];
}

/** One draw's scores. */
type Scores = Record<'accuracy' | 'uar' | 'macroF1', number>;

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
  const { truth, predicted, actors, draws = 1000, confidence = 0.95, seed = 11 } = input;
  if (truth.length === 0 || predicted.length !== truth.length || actors.length !== truth.length) {
    throw new RangeError(
      'bootstrapByActor: truth, predicted and actors must have one entry per clip, ' +
        `got ${truth.length}, ${predicted.length} and ${actors.length}`,
    );
  }
  if (!Number.isInteger(draws) || draws < 1) {
    throw new RangeError(`bootstrapByActor: draws must be a whole number from 1, got ${draws}`);
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`bootstrapByActor: confidence must be between 0 and 1, got ${confidence}`);
  }
  const tallies = tallyByActor(truth, predicted, actors);
  const random = new Random(seed, 'bootstrapByActor');
  const scores = Array.from({ length: draws }, () => score(tallies.map(() => random.pick(tallies))));
  const estimate = score(tallies);
  const tail = (1 - confidence) / 2;
  const interval = (name: keyof Scores): Interval => {
    const values = scores.map((draw) => draw[name]);
    const [low, high] = quantiles(values, [tail, 1 - tail]);
    return { estimate: estimate[name], low, high };
  };
  return {
    accuracy: interval('accuracy'),
    uar: interval('uar'),
    macroF1: interval('macroF1'),
    actors: tallies.length,
    draws,
  };
}

/** One tally per actor, in the order of the actors' numbers, so that the order of the clips does not matter. */
function tallyByActor(truth: readonly number[], predicted: readonly number[], actors: readonly number[]): Tally[] {
  const classes = 1 + [...truth, ...predicted].reduce((largest, label) => Math.max(largest, label), 0);
  const none = (): number[] => new Array<number>(classes).fill(0);
  const tallies = new Map<number, Tally>();
  for (const actor of [...new Set(actors)].sort((a, b) => a - b)) {
    tallies.set(actor, { counts: none(), hits: none(), answers: none() });
  }
  for (const [clip, label] of truth.entries()) {
    const tally = tallies.get(actors[clip]);
    for (const index of [label, predicted[clip]]) {
      if (!tally || tally.counts[index] === undefined) {
        throw new RangeError(`bootstrapByActor: classes must be whole numbers from 0, got ${index} for clip ${clip}`);
      }
    }
    if (!tally) continue;
    tally.counts[label]++;
    tally.answers[predicted[clip]]++;
    if (predicted[clip] === label) tally.hits[label]++;
  }
  return [...tallies.values()];
}

function score(tallies: readonly Tally[]): Scores {
  const classes = tallies[0].counts.length;
  let clips = 0;
  let correct = 0;
  const recalls: number[] = [];
  const f1s: number[] = [];
  for (let label = 0; label < classes; label++) {
    let [count, hits, answers] = [0, 0, 0];
    for (const tally of tallies) {
      count += tally.counts[label];
      hits += tally.hits[label];
      answers += tally.answers[label];
    }
    clips += count;
    correct += hits;
    if (count > 0) recalls.push(hits / count);
    if (count + answers > 0) f1s.push((2 * hits) / (count + answers));
  }
  const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { accuracy: correct / clips, uar: meanOf(recalls), macroF1: meanOf(f1s) };
}
