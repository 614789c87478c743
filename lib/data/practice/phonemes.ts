/**
 * The sounds of the two RAVDESS sentences, as an average male voice makes them.
 *
 * Vowel formants after Peterson & Barney (1952), "Control methods used in a study of the vowels", JASA 24:175; the
 * consonants' targets, bandwidths and noise bands after Klatt (1980), "Software for a cascade/parallel formant
 * synthesizer", JASA 67:971.
 */

/** One sound, or one steady part of a diphthong or stop. */
export interface Phoneme {
  /** Seconds at a neutral tempo, unstressed. */
  duration: number;
  /** Targets of the first four formants, hertz. */
  formants: readonly [number, number, number, number];
  /** Bandwidths of the first four, hertz; default 75, 90, 130, 200. */
  bandwidths?: readonly [number, number, number, number];
  /** Strength of the voice, 0 to 1. */
  voicing: number;
  /** Strength of breath noise through the vocal tract, 0 to 1. */
  aspiration?: number;
  /** Noise made in the mouth: its strength, and the centre (hertz) and quality factor of its band. */
  friction?: readonly [strength: number, centre: number, quality: number];
  /** True for vowels, which stretch most when speech slows. */
  isVowel?: boolean;
}

const VOWEL = { isVowel: true } as const;
const NASAL = [90, 350, 400, 450] as const;

const PHONEMES = {
  IH: { duration: 0.075, formants: [400, 1950, 2550, 3500], voicing: 0.95, ...VOWEL },
  AA: { duration: 0.09, formants: [710, 1120, 2450, 3450], voicing: 1, ...VOWEL },
  AO: { duration: 0.13, formants: [600, 930, 2500, 3400], voicing: 1, ...VOWEL },
  ER: { duration: 0.05, formants: [460, 1300, 1690, 3200], voicing: 0.85, ...VOWEL },
  R: { duration: 0.09, formants: [390, 1150, 1600, 3200], voicing: 0.75, ...VOWEL },
  AH: { duration: 0.055, formants: [520, 1300, 2450, 3450], voicing: 0.85, ...VOWEL },
  AY: { duration: 0.09, formants: [720, 1200, 2450, 3450], voicing: 1, ...VOWEL },
  'AY-IY': { duration: 0.08, formants: [380, 2050, 2650, 3500], voicing: 0.9, ...VOWEL },
  NG: { duration: 0.065, formants: [290, 1950, 2600, 3300], bandwidths: NASAL, voicing: 0.5 },
  N: { duration: 0.05, formants: [280, 1600, 2550, 3400], bandwidths: NASAL, voicing: 0.5 },
  Z: { duration: 0.075, formants: [300, 1650, 2550, 3500], voicing: 0.28, friction: [0.37, 6200, 1.6] },
  S: { duration: 0.12, formants: [350, 1650, 2550, 3500], voicing: 0, friction: [0.75, 6400, 1.5] },
  DH: { duration: 0.04, formants: [300, 1300, 2500, 3400], voicing: 0.4, friction: [0.07, 5200, 0.6] },
  'K-closure': { duration: 0.055, formants: [300, 2000, 2500, 3500], voicing: 0 },
  'K-burst': {
    duration: 0.028,
    formants: [330, 2050, 2550, 3500],
    voicing: 0,
    aspiration: 0.12,
    friction: [0.82, 2100, 2],
  },
  'T-closure': { duration: 0.055, formants: [320, 1750, 2600, 3500], voicing: 0 },
  'T-burst': {
    duration: 0.024,
    formants: [350, 1750, 2600, 3500],
    voicing: 0,
    aspiration: 0.08,
    friction: [0.97, 4600, 0.9],
  },
  H: { duration: 0.04, formants: [480, 1500, 2500, 3500], voicing: 0, aspiration: 0.3 },
  'D-closure': { duration: 0.045, formants: [240, 1650, 2550, 3500], voicing: 0.16 },
  'D-burst': { duration: 0.012, formants: [320, 1650, 2550, 3500], voicing: 0.3, friction: [0.49, 3900, 0.9] },
  'B-closure': { duration: 0.055, formants: [230, 900, 2200, 3400], voicing: 0.18 },
  'B-burst': { duration: 0.009, formants: [300, 950, 2200, 3400], voicing: 0.35, friction: [0.26, 1100, 0.6] },
  'G-closure': { duration: 0.05, formants: [240, 1650, 2200, 3400], voicing: 0.16 },
  'G-burst': { duration: 0.016, formants: [320, 1600, 2250, 3400], voicing: 0.3, friction: [0.49, 1800, 2] },
  /** The tapped t of "sitting". */
  DX: { duration: 0.028, formants: [330, 1750, 2600, 3500], voicing: 0.3 },
} satisfies Record<string, Phoneme>;

/** A syllable: its sounds and how strongly the sentence stresses it, 0 to 1. */
export interface Syllable {
  stress: number;
  phonemes: readonly Phoneme[];
}

function syllable(stress: number, ...names: (keyof typeof PHONEMES)[]): Syllable {
  return { stress, phonemes: names.map((name) => PHONEMES[name]) };
}

const BY_THE_DOOR = [
  syllable(0.35, 'B-closure', 'B-burst', 'AY', 'AY-IY'),
  syllable(0, 'DH', 'AH'),
  syllable(0.9, 'D-closure', 'D-burst', 'AO', 'R'),
];

/** "Kids are talking by the door" and "Dogs are sitting by the door". */
export const SENTENCES: Record<1 | 2, readonly Syllable[]> = {
  1: [
    syllable(0.85, 'K-burst', 'H', 'IH', 'D-closure', 'Z'),
    syllable(0, 'AA', 'ER'),
    syllable(1, 'T-closure', 'T-burst', 'H', 'AO', 'K-closure', 'K-burst'),
    syllable(0.1, 'IH', 'NG'),
    ...BY_THE_DOOR,
  ],
  2: [
    syllable(0.85, 'D-burst', 'AO', 'G-closure', 'G-burst', 'Z'),
    syllable(0, 'AA', 'ER'),
    syllable(1, 'S', 'IH', 'DX'),
    syllable(0.1, 'IH', 'NG'),
    ...BY_THE_DOOR,
  ],
};
