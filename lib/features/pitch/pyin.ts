/** The pitch of voiced frames, and whether they are voiced, by probabilistic YIN. */
import type { Signal } from '../../audio/signal';
import { parabolicShift, roundHalfToEven } from '../numerics';
import { PitchPath } from './pitch-path';
import { differences, isTrough, type PitchOptions } from './yin';

/** Options of `pyin`. */
export interface PyinOptions extends PitchOptions {
  /** Trough thresholds tried, from 0 to 1, int > 0; default 100. */
  thresholds?: number;
  /** Steps of the pitch grid in semitones, above 0 and below 1; default 0.1. */
  resolution?: number;
}

/** librosa's defaults. */
const PYIN = {
  /** Shape of the beta distribution from which thresholds are weighted: mean 0.1. */
  betaParameters: [2, 18],
  /** Preference for earlier troughs. */
  boltzmannParameter: 2,
  /** Maximum rate of pitch change in octaves per second. */
  maxTransitionRate: 35.92,
  /** Probability that the voice sets in or breaks off from one frame to the next. */
  switchProbability: 0.01,
  /** Probability of the lowest trough when none lies below the threshold. */
  noTroughProbability: 0.01,
} as const;

/** One value per frame each. */
export interface PitchTrack {
  /** Fundamental frequency in hertz; not-a-number in unvoiced frames. */
  f0: Float32Array;
  /** 1 for voiced frames, otherwise 0. */
  voicedFlag: Uint8Array;
  /** Probability from 0 to 1 that the frame is voiced, before neighbouring frames are considered. */
  voicedProbability: Float32Array;
}

/**
 * The fundamental frequency of every frame, tracked over time, with its voicing.
 *
 * differences as in `yin` → probabilities of their troughs, over all thresholds → the most probable path on a grid of
 * pitches, voiced and unvoiced (Viterbi)
 *
 * @returns arrays of 1 + floor(samples / hopLength) values
 * @throws RangeError if the signal is empty or an option is out of its range
 * @see Mauch & Dixon (2014); agrees with librosa.pyin (pitch-tracking.test.ts)
 */
export function pyin(signal: Signal, options: PyinOptions): PitchTrack {
  const { fmin, fmax, resolution = 0.1, thresholds = 100 } = options;
  if (!(Number.isInteger(thresholds) && thresholds > 0)) {
    throw new RangeError(`pyin: thresholds must be a whole number above 0, got ${thresholds}`);
  }
  if (!(resolution > 0 && resolution < 1)) {
    throw new RangeError(`pyin: resolution must be between 0 and 1, got ${resolution}`);
  }
  const { switchProbability, maxTransitionRate } = PYIN;
  const probabilities = troughProbabilities(thresholds);
  const { minPeriod, frames, hopLength, forEach } = differences('pyin', signal, options);
  const binsPerSemitone = Math.ceil(1 / resolution);
  const bins = Math.floor(12 * binsPerSemitone * Math.log2(fmax / fmin)) + 1;
  const semitones = roundHalfToEven((maxTransitionRate * 12 * hopLength) / signal.sampleRate);
  const path = new PitchPath({ frames, bins, width: semitones * binsPerSemitone + 1, switchProbability });

  const voicedProbability = new Float32Array(frames);
  const observed = new Float64Array(bins);
  forEach((frame, values) => {
    observed.fill(0);
    probabilities(values, (index, probability) => {
      const frequency = signal.sampleRate / (minPeriod + index + parabolicShift(values, index));
      const bin = Math.max(0, roundHalfToEven(12 * binsPerSemitone * Math.log2(frequency / fmin)));
      // Of two troughs in one bin the later counts, and those above the grid are dropped, as in librosa.
      if (bin < bins) observed[bin] = probability;
    });
    let voiced = 0;
    for (const probability of observed) voiced += probability;
    voicedProbability[frame] = Math.min(1, voiced);
    path.add(observed, (1 - Math.min(1, voiced)) / bins);
  });

  const states = path.best();
  const voicedFlag = Uint8Array.from(states, (state) => (state < bins ? 1 : 0));
  const f0 = Float32Array.from(states, (state, frame) =>
    voicedFlag[frame] === 0 ? Number.NaN : fmin * 2 ** ((state % bins) / (12 * binsPerSemitone)),
  );
  return { f0, voicedFlag, voicedProbability };
}

/** A function that calls `visit` with each trough of a frame that may be its period, and the probability of that. */
function troughProbabilities(
  count: number,
): (values: Float32Array, visit: (index: number, probability: number) => void) => void {
  const { betaParameters, boltzmannParameter, noTroughProbability } = PYIN;
  // weights[i] is the probability that the threshold lies between i / count and (i + 1) / count.
  const weights = Float64Array.from(
    { length: count },
    (_, i) => betaCumulative((i + 1) / count, betaParameters) - betaCumulative(i / count, betaParameters),
  );
  const indices: number[] = [];
  return (values, visit) => {
    indices.length = 0;
    for (let i = 0; i < values.length; i++) if (isTrough(values, i)) indices.push(i);
    if (indices.length === 0) return;
    const probabilities = new Float64Array(indices.length);
    let lowest = 0;
    for (let i = 1; i < indices.length; i++) if (values[indices[i]] < values[indices[lowest]]) lowest = i;
    let below = 0;
    for (let step = 0; step < count; step++) {
      const threshold = (step + 1) / count;
      if (!(values[indices[lowest]] < threshold)) {
        below += weights[step];
        continue;
      }
      let troughs = 0;
      for (const index of indices) if (values[index] < threshold) troughs++;
      // Boltzmann's distribution over the troughs below the threshold, in their order.
      const scale = (1 - Math.exp(-boltzmannParameter)) / (1 - Math.exp(-boltzmannParameter * troughs));
      let position = 0;
      for (let i = 0; i < indices.length; i++) {
        if (values[indices[i]] < threshold) {
          probabilities[i] += weights[step] * scale * Math.exp(-boltzmannParameter * position++);
        }
      }
    }
    probabilities[lowest] += noTroughProbability * below;
    for (let i = 0; i < indices.length; i++) if (probabilities[i] > 0) visit(indices[i], probabilities[i]);
  };
}

/** Cumulative beta distribution for whole parameters: the probability of at least `a` heads in `a + b − 1` tosses. */
function betaCumulative(x: number, [a, b]: readonly [number, number]): number {
  const throws = a + b - 1;
  let sum = 0;
  let combinations = 1;
  for (let heads = 0; heads <= throws; heads++) {
    if (heads >= a) sum += combinations * x ** heads * (1 - x) ** (throws - heads);
    combinations *= (throws - heads) / (heads + 1);
  }
  return sum;
}
