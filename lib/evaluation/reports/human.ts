/** Human accuracy, for comparison. */

/**
 * The validation study of RAVDESS (Livingstone & Russo 2018, PLoS ONE 13(5): e0196391).
 *
 * From its abstract: 247 people, typical of untrained research participants in North America, rated 7,356 recordings of
 * speech and song, each of which was rated ten times. The study is commonly quoted with an accuracy of about 60 to 62 %
 * for audio alone; this was not recomputed here. It is an accuracy over single ratings, not a UAR, so it is for
 * orientation only.
 */
export const HUMAN_RATERS = {
  name: 'untrained people, sound alone',
  /** Fractions from 0 to 1. */
  accuracy: { low: 0.6, high: 0.62 },
  source: 'Livingstone & Russo (2018), PLoS ONE 13(5): e0196391',
  raters: 247,
} as const;
