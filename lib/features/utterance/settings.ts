/** Every number of the utterance features, with its unit and its reason. */
export const UTTERANCE = {
  /** Raised whenever the same recording gives other numbers. */
  version: 1,
  /** Hertz; what lies above 8 kHz adds noise between microphones more than emotion. */
  sampleRate: 16_000,
  /** Decibels below the loudest frame at which the silence at the ends begins. */
  trimDecibels: 40,
  /** Samples per FFT: 32 ms at 16 kHz. */
  fftLength: 512,
  /** Samples between the frames of tracks: 10 ms. */
  trackHop: 160,
  /** Samples between the frames of the spectrogram: 12.5 ms. */
  spectrogramHop: 200,
  /** Mel bands of the spectrogram. */
  spectrogramBands: 64,
  /** Mel bands among the tracks. */
  trackBands: 26,
  /** MFCCs among the tracks. */
  coefficients: 20,
  /** Hertz. */
  fmin: 50,
  fmax: 8000,
  /** How a voice's pitch is followed: its bounds in hertz, and a coarser grid than pyin's own, six times as fast. */
  pitch: { fmin: 60, fmax: 600, frameLength: 1024, resolution: 0.5, thresholds: 20 },
  /**
   * How fast each version of a recording is played. Slower is also lower and darker, so that one actor stands for
   * several throats; the first is the recording itself.
   */
  speeds: [1, 0.92, 1.08, 0.85, 1.16],
} as const;

/**
 * How a predictor that is in a hurry plays a recording: as it is. At five speeds, as in the evaluation of a training, it
 * takes twice as long (`npm run bench -- quick` measures what that is worth).
 */
export const QUICK_SPEEDS: readonly number[] = [1];
