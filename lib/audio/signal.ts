/** Sound in memory. */

/** One channel of sound. */
export interface Signal {
  /** Amplitudes, nominally from −1 to 1. */
  readonly samples: Float32Array;
  /** Samples per second. */
  readonly sampleRate: number;
}
