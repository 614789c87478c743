/** How people fare, for comparison. */

/**
 * What the makers of RAVDESS found in their validation study (Livingstone & Russo 2018, PLoS ONE 13(5): e0196391).
 *
 * 247 untrained adults from North America named the emotion of 7,356 recordings, each of which was heard ten times.
 * For recordings of sound alone they were right in about 60 to 62 % of the ratings, over all emotions and voices. That
 * is an accuracy over single ratings, not a UAR, and the study's list of answers was not this project's.
 */
export const HUMAN_LISTENERS = {
  name: 'untrained listeners, sound alone',
  /** Fractions from 0 to 1. */
  accuracy: { low: 0.6, high: 0.62 },
  source: 'Livingstone & Russo (2018), PLoS ONE 13(5): e0196391',
  raters: 247,
} as const;
