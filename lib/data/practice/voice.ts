/** The voices: what stays the same in all that one of them says. */
import { Random } from '../../random';
import { EMOTIONS, type Sex } from '../labels';
import { drawStyle, type Style } from './expression';

/** One synthetic speaker. */
export interface Voice {
  sex: Sex;
  /** Mean fundamental frequency of neutral speech, hertz. */
  fundamental: number;
  /** Formant frequencies relative to an average man's: the inverse of the vocal tract's length. */
  formantScale: number;
  /** Personal deviation of each of the first four formants, factor. */
  formantHabits: readonly number[];
  /** Speech rate, factor. */
  rate: number;
  /** F0 movements, factor. */
  liveliness: number;
  /** Loss at 3 kHz in neutral speech, decibels. */
  tilt: number;
  /** Open part of a glottal period in neutral speech. */
  openQuotient: number;
  /** Breath noise relative to the voice, decibels. */
  breath: number;
  /** Deviation from one period to the next: of its length, and of its strength. */
  jitter: number;
  shimmer: number;
  /** Loudness and distance from the microphone, decibels. */
  level: number;
  /** Way of acting each emotion, in the order of `EMOTIONS`. */
  styles: readonly Style[];
}

/**
 * Draws the voice of an actor: odd numbers are men, even ones women, as in RAVDESS.
 *
 * F0 and vocal tract differ by sex as in Hillenbrand et al. (1995), JASA 97:3099: women a little under an octave
 * higher, formants about 16 % higher.
 */
export function drawVoice(seed: number, actor: number): Voice {
  const random = new Random(seed, 'voice', actor);
  const sex: Sex = actor % 2 === 1 ? 'male' : 'female';
  const isMale = sex === 'male';
  return {
    sex,
    fundamental: (isMale ? 112 : 200) * 2 ** ((2.1 * random.normal()) / 12),
    formantScale: (isMale ? 1 : 1.16) * Math.exp(0.035 * random.normal()),
    formantHabits: [0.04, 0.035, 0.03, 0.03].map((spread) => Math.exp(spread * random.normal())),
    rate: Math.exp(0.08 * random.normal()),
    liveliness: Math.exp(0.18 * random.normal()),
    tilt: (isMale ? 4 : 5) + 1.5 * random.normal(),
    openQuotient: (isMale ? 0.56 : 0.62) + 0.03 * random.normal(),
    breath: (isMale ? -30 : -27) + 2.5 * random.normal(),
    jitter: 0.006 * Math.exp(0.3 * random.normal()),
    shimmer: 0.04 * Math.exp(0.3 * random.normal()),
    level: -41 + 2 * random.normal(),
    styles: EMOTIONS.map(() => drawStyle(random)),
  };
}
