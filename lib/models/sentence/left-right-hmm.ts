/** Left-to-right hidden Markov model of a sentence, trained on unaligned recordings. */

import type { FeatureMatrix } from '../../features/mel/mfcc';
import { list, number, object, type Schema } from '../../schema';
import { SENTENCE } from './settings';

/** Mean and variance of each state's frames, per coefficient. */
export interface LeftRightHmm {
  /** [states × coefficients] */
  means: number[][];
  /** Likewise, above 0. */
  variances: number[][];
}

/** Schema of a sentence with this number of states and coefficients. */
export const hmmSchema = (states: number, coefficients: number): Schema<LeftRightHmm> =>
  object({
    means: list(list(number(), { length: coefficients }), { length: states }),
    variances: list(list(number({ above: 0 }), { length: coefficients }), { length: states }),
  });

/** Path of a recording through a sentence. */
export interface StatePath {
  /** State of each frame, non-decreasing; at most one state is skipped at a time. */
  states: Int32Array;
  /** Mean log-density of the frames on this path, including the cost of skipped states. */
  score: number;
}

/**
 * Fits the states of a sentence to recordings of it.
 *
 * Starts from stretches of equal length, then alternates between estimating means and variances and aligning each
 * recording along its best path (Viterbi training).
 *
 * @param recordings of the same sentence, [frames × coefficients]; those with fewer frames than half the states are
 *   ignored
 * @param states int > 1; default 40
 * @throws RangeError if no usable recording remains
 * @see Rabiner (1989), A tutorial on hidden Markov models, sections IV and VI
 */
export function fitLeftRightHmm(recordings: readonly FeatureMatrix[], states: number = SENTENCE.states): LeftRightHmm {
  const usable = recordings.filter(({ frames }) => 2 * frames > states);
  if (usable.length === 0) {
    throw new RangeError(
      `fitLeftRightHmm: there must be a recording of more than ${states / 2} frames, got ${recordings.length} shorter`,
    );
  }
  let paths = usable.map(({ frames }) => evenPath(frames, states));
  let model = count(usable, paths, states);
  for (let round = 1; round < SENTENCE.rounds; round++) {
    paths = usable.map((recording, index) => bestPath(model, recording)?.states ?? paths[index]);
    model = count(usable, paths, states);
  }
  return model;
}

/** Stretches of equal length, one for each state. */
export function evenPath(frames: number, states: number): Int32Array {
  return Int32Array.from({ length: frames }, (_, i) => Math.floor((i * states) / frames));
}

/**
 * The best path of a recording through a sentence, from its first or second state to its last or last but one.
 *
 * @returns undefined if the recording has too few frames for any path
 */
export function bestPath(model: LeftRightHmm, recording: FeatureMatrix): StatePath | undefined {
  return pathThrough(logDensities(model, recording), model.means.length);
}

/**
 * Log-density of each frame in each state.
 *
 * @returns [frames × states]
 */
export function logDensities(model: LeftRightHmm, { frames, coefficients, values }: FeatureMatrix): Float64Array {
  const states = model.means.length;
  const { means, precisions, constants } = tablesOf(model);
  const densities = new Float64Array(frames * states);
  for (let frame = 0; frame < frames; frame++) {
    for (let state = 0; state < states; state++) {
      let distance = constants[state];
      for (let k = 0; k < coefficients; k++) {
        const difference = values[frame * coefficients + k] - means[state * coefficients + k];
        distance += difference * difference * precisions[state * coefficients + k];
      }
      densities[frame * states + state] = -distance / 2;
    }
  }
  return densities;
}

/** Model parameters, precomputed for the densities. */
interface Tables {
  means: Float64Array;
  precisions: Float64Array;
  /** Of each state, the sum of its variances' logarithms. */
  constants: Float64Array;
}

const tables = new WeakMap<LeftRightHmm, Tables>();

function tablesOf(model: LeftRightHmm): Tables {
  const made = tables.get(model) ?? {
    means: Float64Array.from(model.means.flat()),
    precisions: Float64Array.from(model.variances.flat(), (variance) => 1 / variance),
    constants: Float64Array.from(model.variances, (row) => row.reduce((sum, variance) => sum + Math.log(variance), 0)),
  };
  tables.set(model, made);
  return made;
}

/** `bestPath` from precomputed densities. */
export function pathThrough(densities: Float64Array, states: number): StatePath | undefined {
  const frames = densities.length / states;
  const { skipCost } = SENTENCE;
  const steps = new Uint8Array(densities.length);
  let before = new Float64Array(states).fill(Number.NEGATIVE_INFINITY);
  let best = new Float64Array(states);
  before[0] = densities[0];
  if (states > 1) before[1] = densities[1] - skipCost;
  for (let frame = 1; frame < frames; frame++) {
    for (let state = 0; state < states; state++) {
      let most = before[state];
      let step = 0;
      if (state > 0 && before[state - 1] > most) [most, step] = [before[state - 1], 1];
      if (state > 1 && before[state - 2] - skipCost > most) [most, step] = [before[state - 2] - skipCost, 2];
      best[state] = most + densities[frame * states + state];
      steps[frame * states + state] = step;
    }
    [before, best] = [best, before];
  }
  const last = states > 1 && before[states - 2] - skipCost > before[states - 1] ? states - 2 : states - 1;
  const total = last === states - 1 ? before[last] : before[last] - skipCost;
  if (!(frames > 0 && total > Number.NEGATIVE_INFINITY)) return undefined;
  const path = new Int32Array(frames);
  for (let frame = frames - 1, state = last; frame >= 0; frame--) {
    path[frame] = state;
    state -= steps[frame * states + state];
  }
  return { states: path, score: total / frames };
}

/** Mean and variance of the frames of each state; a state without frames gets those of all frames. */
function count(recordings: readonly FeatureMatrix[], paths: readonly Int32Array[], states: number): LeftRightHmm {
  const { coefficients } = recordings[0];
  const { sharedVariance, fewFrames } = SENTENCE;
  const rows = states + 1;
  const counts = new Float64Array(rows);
  const sums = new Float64Array(rows * coefficients);
  const squares = new Float64Array(rows * coefficients);
  /** To the state, and to all. */
  const each = (add: (row: number, coefficient: number, value: number) => void): void => {
    recordings.forEach(({ frames, values }, index) => {
      for (let frame = 0; frame < frames; frame++) {
        for (let k = 0; k < coefficients; k++) {
          const value = values[frame * coefficients + k];
          add(paths[index][frame], k, value);
          add(states, k, value);
        }
      }
    });
  };
  each((row, k, value) => {
    if (k === 0) counts[row]++;
    sums[row * coefficients + k] += value;
  });
  const mean = (row: number, k: number): number => sums[row * coefficients + k] / counts[row];
  const means = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: coefficients }, (__, k) => mean(counts[row] > 0 ? row : states, k)),
  );
  each((row, k, value) => {
    squares[row * coefficients + k] += (value - means[row][k]) ** 2;
  });
  const overall = Array.from({ length: coefficients }, (_, k) => squares[states * coefficients + k] / counts[states]);
  const variances = Array.from({ length: states }, (_, row) =>
    overall.map((shared, k) => {
      const own = counts[row] > fewFrames ? squares[row * coefficients + k] / counts[row] : shared;
      // A constant coefficient carries no information.
      return (1 - sharedVariance) * own + sharedVariance * shared || 1;
    }),
  );
  return { means: means.slice(0, states), variances };
}
