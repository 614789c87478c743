/** Significance test for the difference between two models. */
import { Random } from '../random';
import { mean, standardDeviation } from './statistics';

/** Two sets of predictions for the same clips. */
export interface Comparison {
  /** The true class of each clip, from 0. */
  truth: readonly number[];
  /** The actor of each clip. */
  actors: readonly number[];
  /** The class that each model predicted for each clip. */
  first: readonly number[];
  second: readonly number[];
  /** Random exchanges, at least 1; default 10,000. */
  draws?: number;
  /** Default 11. */
  seed?: number;
}

/** Result of `comparePaired`. */
export interface ComparisonResult {
  /** UAR of the first minus UAR of the second, from −1 to 1. */
  difference: number;
  /** p-value, two-sided: probability of a difference at least as large if the models were equally good. */
  pValue: number;
  actors: number;
  draws: number;
}

/** Clips of one actor and class, and the number each model classified correctly. */
interface Hits {
  counts: number[];
  first: number[];
  second: number[];
}

/**
 * A permutation test on the difference of UAR, paired by clip and exchanged by actor.
 *
 * Under the null hypothesis, the predictions of both models for all clips of an actor are exchangeable. Each draw
 * exchanges them for a random subset of the actors. The p-value is the share of differences at least as large as the
 * observed one, which itself counts as one of them.
 *
 * @throws RangeError if the lists differ in length or are empty
 * @see Good (2005), Permutation, Parametric and Bootstrap Tests of Hypotheses; Phipson & Smyth (2010) for the plus one
 */
export function comparePaired(comparison: Comparison): ComparisonResult {
  const { truth, actors, first, second, draws = 10_000, seed = 11 } = comparison;
  const lengths = [truth, actors, first, second].map(({ length }) => length);
  if (truth.length === 0 || lengths.some((length) => length !== truth.length)) {
    throw new RangeError(
      `comparePaired: truth, actors, first and second must have one entry per clip, got ${lengths.join(', ')}`,
    );
  }
  if (!Number.isInteger(draws) || draws < 1) {
    throw new RangeError(`comparePaired: draws must be a whole number from 1, got ${draws}`);
  }
  const classes = 1 + truth.reduce((largest, label) => Math.max(largest, label), 0);
  const none = (): number[] => new Array<number>(classes).fill(0);
  const byActor = new Map<number, Hits>();
  truth.forEach((label, clip) => {
    const hits = byActor.get(actors[clip]) ?? { counts: none(), first: none(), second: none() };
    byActor.set(actors[clip], hits);
    hits.counts[label]++;
    if (first[clip] === label) hits.first[label]++;
    if (second[clip] === label) hits.second[label]++;
  });
  // UAR is linear in the hits, so each actor adds a gain of its own, whose sign an exchange turns.
  const counts = none();
  for (const hits of byActor.values()) {
    hits.counts.forEach((count, label) => {
      counts[label] += count;
    });
  }
  const occurring = counts.filter((count) => count > 0).length;
  const gains = [...byActor.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, hits]) =>
      counts.reduce(
        (sum, count, label) => (count > 0 ? sum + (hits.first[label] - hits.second[label]) / count / occurring : sum),
        0,
      ),
    );
  const difference = gains.reduce((sum, gain) => sum + gain, 0);
  const random = new Random(seed, 'comparePaired');
  let asLarge = 1;
  for (let draw = 0; draw < draws; draw++) {
    let exchanged = 0;
    for (const gain of gains) exchanged += random.uniform() < 0.5 ? gain : -gain;
    if (Math.abs(exchanged) >= Math.abs(difference) - ROUNDING) asLarge++;
  }
  return { difference, pValue: asLarge / (draws + 1), actors: gains.length, draws };
}
/** Sums of the same gains in another order differ by less. */
const ROUNDING = 1e-12;

/** Score over several seeds; never that of the best seed. */
export interface SeedSummary {
  seeds: number;
  mean: number;
  /** Sample standard deviation (n − 1); 0 for a single seed. */
  deviation: number;
}

/** Mean and deviation of a score over seeds. */
export function summariseSeeds(scores: readonly number[]): SeedSummary {
  return {
    seeds: scores.length,
    mean: mean(scores),
    deviation: scores.length > 1 ? standardDeviation(scores, 'sample') : 0,
  };
}
