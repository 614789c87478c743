/** Sound in memory. */

/** One channel of sound. */
export interface Signal {
  /** Amplitudes, nominally from −1 to 1. */
  readonly samples: Float32Array;
  /** Samples per second. */
  readonly sampleRate: number;
  /** The missing part of the recording that it was decoded from, such as `cut short: 2.1 of 3.0 s`; absent if nothing. */
  readonly damage?: string;
}

/** The signal with what is missing of its recording, if anything is. */
export const withDamage = (signal: Signal, damage: string | undefined): Signal =>
  damage === undefined ? signal : { ...signal, damage };
