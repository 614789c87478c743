/** Constants of the utterance features, with units and reasons. */
export const UTTERANCE = {
  /** Increased whenever the same recording gives other numbers. */
  version: 1,
  /** Hertz; frequencies above 8 kHz differ more by microphone than by emotion. */
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
  /** Pitch tracking: bounds in hertz, and a coarser grid than pyin's default, which makes it six times as fast. */
  pitch: { fmin: 60, fmax: 600, frameLength: 1024, resolution: 0.5, thresholds: 20 },
  /**
   * Playback speeds, the original first. Slower playback also lowers pitch and formants, so that one actor stands for
   * several vocal tracts.
   */
  speeds: [1, 0.92, 1.08, 0.85, 1.16],
} as const;

/**
 * Playback speed for fast prediction: the original only. All five speeds, as in evaluation, take twice as long
 * (`npm run bench -- quick` measures their benefit).
 */
export const QUICK_SPEEDS: readonly number[] = [1];

/** Constants of the recipe. */
export const UTTERANCE_RECIPE = {
  /** Number of averaged models, each leaving out some actors. */
  bags: 5,
  /** L2 penalty, chosen between 3e3 and 8e3 by cross-validation within training actors (LOG.md). */
  penalty: 4000,
} as const;
