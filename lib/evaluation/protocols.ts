/** Evaluation protocols: each is a list of folds, with a description of its leaks. */
import type { Clip } from '../data/clip';
import { type Fold, type Split, splitByActor, splitOriginal } from '../data/split';
import { Random } from '../random';

/** The protocols, speaker-independent ones first. */
export const PROTOCOL_NAMES = ['actor-split', 'actor-5', 'emobox-6', 'loso-24', 'random-clip', 'original'] as const;
export type ProtocolName = (typeof PROTOCOL_NAMES)[number];

/** Static description of a protocol. */
export interface ProtocolFacts {
  /** In a few words, for tables. */
  title: string;
  /** Overlap between training and test sides; absent if there is none. */
  leak?: string;
}

/** Description of each protocol. */
export const PROTOCOLS_EXPLAINED: Readonly<Record<ProtocolName, ProtocolFacts>> = {
  'actor-split': { title: 'one division by actor: the first fold of actor-5' },
  'actor-5': { title: 'five folds by actor' },
  'emobox-6': { title: 'six folds by actor, four actors each' },
  'loso-24': { title: 'leave one speaker out' },
  'random-clip': {
    title: 'clips at random',
    leak: 'every test speaker is in the training set, mostly with the other repetition of the test clip',
  },
  original: {
    title: 'augmented copies at random',
    leak: 'copies of the test clips and all test speakers are in the training set, and the test set decides when training stops',
  },
};

/**
 * Protocols by their names, each once, in the order given.
 *
 * @throws RangeError if a name is unknown
 * @example parseProtocols(['actor-5', 'loso-24'])
 */
export function parseProtocols(names: readonly string[]): ProtocolName[] {
  const unknown = names.find((name) => !(PROTOCOL_NAMES as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`parseProtocols: protocols must be of ${PROTOCOL_NAMES.join(', ')}, got "${unknown}"`);
  }
  return [...new Set(names)] as ProtocolName[];
}

/** Test actors of each fold, for protocols that test every actor once. */
const TEST_ACTORS: Readonly<Partial<Record<ProtocolName, readonly (readonly number[])[]>>> = {
  // Luna-Jiménez et al. (2021), Sensors 21:7665.
  'actor-5': [
    [2, 5, 14, 15, 16],
    [3, 6, 7, 13, 18],
    [10, 11, 12, 19, 20],
    [8, 17, 21, 23, 24],
    [1, 4, 9, 22],
  ],
  // EmoBox: Ma et al. (2024), Interspeech.
  'emobox-6': [
    [1, 11, 20, 21],
    [4, 10, 12, 14],
    [8, 9, 19, 23],
    [3, 5, 7, 24],
    [2, 15, 16, 18],
    [6, 13, 17, 22],
  ],
  'loso-24': Array.from({ length: 24 }, (_, index) => [index + 1]),
};
/** Shares of the clips that `random-clip` tests on, and validates on. */
const RANDOM_CLIP = { test: 0.2, validation: 0.16 } as const;

/** Options of `foldsOf`. */
export interface FoldOptions {
  /** Draws validation actors, and the clips of the leaky protocols; default 11. */
  seed?: number;
  /** Augmented copies of each clip, int ≥ 0, which `original` shuffles; default 3. Without any it shuffles the clips. */
  copies?: number;
  /** For `actor-split`: actors to test on; default its own. */
  testActors?: readonly number[];
}

/**
 * The folds of a protocol over these clips.
 *
 * In protocols by actor every clip is tested once over all folds (`actor-split` has one fold only), and four actors
 * of each fold's training side, drawn by the seed, form its validation side. If actors are missing, as in a subset of
 * the corpus, folds contain the remaining ones, and empty folds are omitted.
 *
 * @throws RangeError if the protocol is unknown, or there are too few actors or clips to divide
 * @example foldsOf('actor-5', corpus.clips).length // 5
 */
export function foldsOf(protocol: ProtocolName, clips: readonly Clip[], options: FoldOptions = {}): Fold[] {
  const { seed = 11, copies = 3, testActors } = options;
  switch (protocol) {
    case 'actor-split':
      return [{ number: 1, rows: 'clips', ...splitByActor(clips, { seed, testActors }) }];
    case 'random-clip':
      return [{ number: 1, rows: 'clips', ...splitByClip(clips.length, seed) }];
    case 'original': {
      const rows = copies > 0 ? 'copies' : 'clips';
      const { train, test } = splitOriginal(clips.length * Math.max(1, copies), { seed });
      return [{ number: 1, rows, train, validation: test, test }];
    }
  }
  const folds = TEST_ACTORS[protocol];
  if (!folds) throw new RangeError(`foldsOf: protocol must be one of ${PROTOCOL_NAMES.join(', ')}, got "${protocol}"`);
  const present = new Set(clips.map(({ actor }) => actor));
  return folds
    .map((actors, index) => ({ number: index + 1, testActors: actors.filter((actor) => present.has(actor)) }))
    .filter(({ testActors }) => testActors.length > 0)
    .map(({ number, testActors }) => ({ number, rows: 'clips', ...splitByActor(clips, { seed, testActors }) }));
}

/** Random split by clip, regardless of actor. */
function splitByClip(clips: number, seed: number): Split {
  if (clips < 3) throw new RangeError(`foldsOf: random-clip needs at least 3 clips, got ${clips}`);
  const order = new Random(seed, 'random-clip').shuffle(Array.from({ length: clips }, (_, clip) => clip));
  const tested = Math.max(1, Math.round(clips * RANDOM_CLIP.test));
  const validated = Math.max(1, Math.round(clips * RANDOM_CLIP.validation));
  const sorted = (positions: number[]): number[] => positions.sort((a, b) => a - b);
  return {
    test: sorted(order.slice(0, tested)),
    validation: sorted(order.slice(tested, tested + validated)),
    train: sorted(order.slice(tested + validated)),
  };
}

/**
 * The validation study of RAVDESS (Livingstone & Russo 2018, PLoS ONE 13(5): e0196391).
 *
 * From its abstract: 247 people, typical of untrained research participants in North America, rated 7,356 recordings of
 * speech and song, each of which was rated ten times. The study is commonly quoted with an accuracy of about 60 to 62 %
 * for audio alone; this was not recomputed here. It is an accuracy over single ratings, not a UAR, so it is for
 * orientation only.
 */
export const HUMAN_RATERS = {
  name: 'untrained raters, audio only',
  /** Fractions from 0 to 1. */
  accuracy: { low: 0.6, high: 0.62 },
  source: 'Livingstone & Russo (2018), PLoS ONE 13(5): e0196391',
  raters: 247,
} as const;
