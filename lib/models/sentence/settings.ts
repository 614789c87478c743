/** Constants of the sentence features, with units and reasons. */
import { UTTERANCE } from '../utterance/settings';

export const SENTENCE = {
  /** Increased whenever the same recording gives other numbers. */
  version: 1,
  /** Preprocessing before alignment is that of utterance vectors, whose spectrogram has 80 frames a second. */
  utterance: UTTERANCE.version,
  /** Sounds that each sentence is divided into; about 50 ms each. */
  states: 40,
  /** Cepstral coefficients per frame used for alignment: the coarse spectral shape. */
  cepstra: 14,
  /** Weight of a cepstrum's slope relative to the cepstrum. */
  slopeWeight: 0.7,
  /** Frames per recording that the aligner is trained on, at most: 5 s. */
  taughtFrames: 400,
  /** Rounds of Viterbi training, starting from stretches of equal length. */
  rounds: 12,
  /** Share of the global variance in that of each state, which regularises states with few frames. */
  sharedVariance: 0.15,
  /** Frames below which a state has the variance over all frames. */
  fewFrames: 10,
  /** Nats that it costs to leave out a state. */
  skipCost: 5,
  /** Mel bands of a state's spectrum, of 64. */
  bands: 32,
  /** Mel bands whose rise and fall is kept. */
  slopeBands: 16,
  /**
   * Rejection threshold of the alignment cost, in nats per frame. On unseen speakers, 99 % of recordings of the two
   * sentences are below 3.4; 99 % of the same recordings played backwards are above 3.9.
   */
  mostUnlike: 3.6,
} as const;
