/** Significance test for the difference between two models. */
import { parseClip } from '../data/clip';
import { EMOTIONS } from '../data/labels';
import { Random } from '../random';
import type { ClipPrediction } from '../training/runs/predictions';
import { confusionByGroup, topClass } from './metrics';

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
  const [own, other] = [first, second].map((predicted) => confusionByGroup(actors, truth, predicted));
  const clipsOf = (label: number): number => truth.reduce((sum, own) => sum + Number(own === label), 0);
  const counts = [...new Set(truth)].sort((a, b) => a - b).map((label) => ({ label, count: clipsOf(label) }));
  // UAR is linear in the correct clips, so each actor adds a gain of its own, whose sign an exchange turns.
  const gains = [...new Set(actors)]
    .sort((a, b) => a - b)
    .map((actor) => {
      const correct = (matrices: typeof own, label: number): number => matrices.get(actor)?.[label][label] ?? 0;
      return counts.reduce(
        (sum, { label, count }) => sum + (correct(own, label) - correct(other, label)) / count / counts.length,
        0,
      );
    });
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

/**
 * `comparePaired` of predictions in pairs, each for one clip: of the first model, and of the second.
 *
 * @throws RangeError if there are no pairs
 */
export function comparePredictions(pairs: readonly (readonly [ClipPrediction, ClipPrediction])[]): ComparisonResult {
  return comparePaired({
    truth: pairs.map(([{ truth }]) => EMOTIONS.indexOf(truth)),
    actors: pairs.map(([{ clip }]) => parseClip(clip).actor),
    first: pairs.map(([own]) => topClass(own.probabilities)),
    second: pairs.map(([, other]) => topClass(other.probabilities)),
  });
}
