/**
 * Constants of the method, with units and reasons. Seconds and hertz here, samples inside signal code; derived values
 * show their arithmetic.
 */

/** Cutting and sampling of clips. */
export const AUDIO = {
  /** Hertz; librosa's default, which the original notebook used. */
  sampleRate: 22_050,
  /** Seconds skipped at the start: RAVDESS speakers begin about 0.6 s into a clip. */
  offset: 0.6,
  /** Seconds kept; covers the spoken sentence of nearly every clip. */
  duration: 2.4,
  /** Samples per clip: 2.4 s × 22,050 Hz. */
  samples: 52_920,
} as const;

/** The short-time spectrum and the cepstrum, with librosa's defaults. */
export const SPECTRUM = {
  /** Samples per FFT: 93 ms at 22,050 Hz. */
  fftLength: 2048,
  /** Samples between frames: 23 ms at 22,050 Hz. */
  hopLength: 512,
  /** Bands of the Slaney mel scale, from 0 Hz to half the sample rate. */
  melBands: 128,
  /** Decibels kept below the loudest value of a clip. */
  topDb: 80,
  /** Coefficients per frame in the input of the emotion model. */
  coefficients: 20,
  /** Mel bands of the features `mel-spectrogram`: as many as 104 frames show, at half the cost of 128. */
  inputMelBands: 64,
  /** Frames per clip: 1 + floor(52,920 / 512). */
  frames: 104,
} as const;

/** The original's augmentation. */
export const AUGMENTATION = {
  /** Copies made of each training clip. */
  copies: 3,
  /** `addNoise`: the noise's standard deviation is this × uniform(0, 1) × the clip's maximum. */
  noiseAmplitude: 0.035,
  /** `pitch`: semitones upwards. */
  semitones: 0.7,
  /** `stretch`: below 1 is slower. */
  stretchRate: 0.85,
  /** `shift`: samples, at most, in either direction; 0.23 s at 22,050 Hz. */
  shiftSamples: 5_000,
} as const;

/** The original's training. */
export const TRAINING = {
  seed: 11,
  batchSize: 140,
  epochs: 60,
  learningRate: 0.01,
  /** Fraction of the augmented copies that the original's split holds out. */
  testFraction: 0.2,
  /** ReduceLROnPlateau on the validation loss. */
  plateau: { factor: 0.6, patience: 5, minLr: 1e-8 },
  /** EarlyStopping on the validation loss, in epochs. */
  patience: 7,
} as const;

/** Sex classifier on the mean cepstrum of a whole file. */
export const GENDER = {
  coefficients: 40,
} as const;
