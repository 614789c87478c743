/** Constants of the pretrained encoder and of the statistics of its states, with units and reasons. */
import { UTTERANCE } from '../utterance/settings';

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
  /** SHA-256 of the weights as `saveEncoderWeights` writes them. */
  weights: '0b78a84402164ed02f0e4c0bc82d4b1808ab84e118166552b158833e5893d4b1',
  /** Root mean square of the input in decibels below full scale, which the encoder was trained at. */
  level: -30,
} as const;

/** Constants of the statistics of the encoder's states over a recording. */
export const ENCODER_STATISTICS = {
  /** Increased whenever the same recording gives other numbers. */
  version: 1,
  /** Frames at the beginning that are used: 3 s. */
  frames: 300,
  /** Decibels below the loudest frame at which the silence at the ends begins. */
  trimDecibels: 40,
  /** Playback speeds, the original first; the others stand for other vocal tracts. */
  speeds: UTTERANCE.speeds,
} as const;

/** Constants of the recipe. */
export const ENCODER_RECIPE = {
  /** Number of averaged models, each leaving out some actors. */
  bags: 5,
  /** L2 penalties tried; the one with the lowest loss on actors left out is taken. */
  penalties: [1000, 2000, 4000, 8000],
} as const;
