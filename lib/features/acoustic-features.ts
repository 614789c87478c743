/** Level, voice quality and colour of a sound in one matrix, from one transform. */
import { rms } from '../audio/rms';
import type { Signal } from '../audio/signal';
import type { StftOptions } from '../audio/transform/stft';
import { SPECTRUM } from '../config';
import { sideBySide } from './matrix';
import type { FeatureMatrix } from './mel/mfcc';
import { chroma } from './spectral/chroma';
import { spectralBandwidth, spectralCentroid, spectralFlatness, spectralRolloff } from './spectral/spectral';
import { spectralContrast } from './spectral/spectral-contrast';
import { magnitudeSpectrogram, type Spectrogram } from './spectral/spectrogram';
import { zeroCrossingRate } from './spectral/zero-crossing-rate';

/** The columns of `acousticFeatures`, in their order. */
export const ACOUSTIC_FEATURES = [
  'rms',
  'zeroCrossingRate',
  'spectralCentroid',
  'spectralBandwidth',
  'spectralRolloff',
  'spectralFlatness',
  'contrast0',
  'contrast1',
  'contrast2',
  'contrast3',
  'contrast4',
  'contrast5',
  'contrast6',
  'chromaC',
  'chromaCSharp',
  'chromaD',
  'chromaDSharp',
  'chromaE',
  'chromaF',
  'chromaFSharp',
  'chromaG',
  'chromaGSharp',
  'chromaA',
  'chromaASharp',
  'chromaB',
] as const;

/**
 * Level, zero crossings, centroid, bandwidth, roll-off, flatness and contrast of every frame, each with its defaults,
 * and the spectrum that they were read from.
 */
export function levelAndColour(
  signal: Signal,
  { fftLength = SPECTRUM.fftLength, hopLength = SPECTRUM.hopLength }: StftOptions,
): { spectrum: Spectrogram; tracks: (Float32Array | FeatureMatrix)[] } {
  const spectrum = magnitudeSpectrogram(signal, { fftLength, hopLength });
  const centroid = spectralCentroid(spectrum);
  const lengths = { frameLength: fftLength, hopLength };
  const tracks = [
    rms(signal, lengths),
    zeroCrossingRate(signal, lengths),
    centroid,
    spectralBandwidth(spectrum, { centroid }),
    spectralRolloff(spectrum),
    spectralFlatness(spectrum),
    spectralContrast(spectrum),
  ];
  return { spectrum, tracks };
}

/**
 * All descriptors of every frame, each with its defaults, as columns of one matrix.
 *
 * @returns [frames × 25], named by `ACOUSTIC_FEATURES`; frames = 1 + floor(samples / hopLength)
 * @throws RangeError if the signal is empty, a length is out of its range, or the sample rate is up to 12,800 Hz, too
 * low for the highest octave of the contrast
 * @example
 * functionalsTable(acousticFeatures(signal), ACOUSTIC_FEATURES).spectralCentroid.mean // hertz
 */
export function acousticFeatures(signal: Signal, options: StftOptions = {}): FeatureMatrix {
  const { spectrum, tracks } = levelAndColour(signal, options);
  return sideBySide([...tracks, chroma(spectrum)]);
}
