/** Constants of the network's input. */
export const ENCODER_INPUT = {
  /** Frames of the input: 3 s. */
  frames: 300,
  /** Decibels below the loudest frame at which the silence at the ends begins. */
  trimDecibels: 40,
  /** Playback speeds, the original first; the others stand for other vocal tracts in training. */
  speeds: [1, 0.9, 1.1],
  /** Decibels below full scale; level 0 of the network's input. */
  meanLevel: -33,
  /** Decibels; level 1 above that. */
  levelUnit: 8,
} as const;
