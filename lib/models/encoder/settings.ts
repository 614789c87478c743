/** Constants of the pretrained encoder and of its input, with units and reasons. */
export const ENCODER = {
  /** Increased whenever the same recording gives other numbers. */
  version: 1,
  /** Hertz; the encoder was trained at this rate. */
  sampleRate: 16_000,
  /** Samples per Fourier transform, 25 ms. */
  fftLength: 400,
  /** Samples between frames, 10 ms. */
  hopLength: 160,
  /** Mel bands from 0 to 8,000 Hz. */
  bands: 40,
  /** LSTM layers. */
  layers: 3,
  /** Units of each layer. */
  units: 256,
  /** Root mean square of the input in decibels below full scale, which the encoder was trained at. */
  level: -30,
} as const;

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
