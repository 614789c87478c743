/** Utterance vector: a fixed number of values for a whole utterance, for models that do not take sequences. */
import type { Signal } from '../../audio/signal';
import { columnsOf, meanColumns, sideBySide } from '../../features/matrix';
import { type FeatureMatrix, melSpectrogram, powerToDb } from '../../features/mel/mfcc';
import { delta } from '../../features/summary/delta';
import { FUNCTIONALS, type Functional, functionals } from '../../features/summary/functionals';
import { FRAME_TRACKS, frameTracks } from './frame-tracks';
import { UTTERANCE } from './settings';
import { bandCorrelation, MODULATION_BANDS, modulationSpectrum, SHAPE, spectralShape } from './spectrogram-statistics';

/** Pitch and voicing of an utterance, frame by frame. */
export interface Melody {
  /** Hertz; not-a-number in unvoiced frames. */
  f0: Float32Array;
  /** From 0 to 1. */
  voicing: Float32Array;
}

/** Extremes are excluded, since they depend on single frames. */
const KEPT = FUNCTIONALS.filter((name) => !['minimum', 'maximum', 'range'].includes(name));
/** Mel bands of correlation and modulation. */
const COARSE_BANDS = 16;
const VOICE = ['duration', 'voicedShare', 'voicedPerSecond', 'voicedMean', 'voicedDeviation', 'voicedLongest'];

const PAIRS = Array.from({ length: COARSE_BANDS }, (_, a) =>
  Array.from({ length: COARSE_BANDS - 1 - a }, (__, b) => `correlation${a}-${a + 1 + b}`),
).flat();

/** Names of what `utteranceVector` returns, such as `mfcc3.standardDeviation` or `delta mel7.slope`. */
export const UTTERANCE_FEATURES: readonly string[] = [
  ...[...FRAME_TRACKS, ...FRAME_TRACKS.map((name) => `delta ${name}`), 'pitch', 'delta pitch'].flatMap((track) =>
    KEPT.map((functional) => `${track}.${functional}`),
  ),
  ...FRAME_TRACKS.map((name) => `voiced ${name}.mean`),
  ...FRAME_TRACKS.map((name) => `voiced ${name}.standardDeviation`),
  ...VOICE,
  'peak',
  'loudness',
  ...Array.from({ length: SHAPE.timeCoefficients * SHAPE.bandCoefficients }, (_, i) => {
    return `shape${Math.floor(i / SHAPE.bandCoefficients)}-${i % SHAPE.bandCoefficients}`;
  }),
  ...MODULATION_BANDS.flatMap(([from, to]) =>
    Array.from({ length: COARSE_BANDS }, (_, band) => `modulation${from}-${to}.${band}`),
  ),
  ...PAIRS,
];

/**
 * Functionals of sixty tracks, of their slopes, of the voiced frames and of the pitch, then timing of voice and silence,
 * spectral shape over time, modulation spectrum and correlation of bands.
 *
 * @param signal at 16 kHz, silence trimmed
 * @param spectrogram its `utteranceSpectrogram`, if already computed
 * @returns 1,894 numbers named by `UTTERANCE_FEATURES`; not-a-number if undefined, such as the pitch of a whisper
 * @throws RangeError if the signal is empty
 */
export function utteranceVector(
  signal: Signal,
  melody: Melody,
  spectrogram: FeatureMatrix = utteranceSpectrogram(signal),
): Float32Array {
  const tracks = frameTracks(signal, melody.voicing);
  const slopes = delta(tracks, { mode: tracks.frames < 9 ? 'nearest' : 'interp' });
  const pitch = Array.from(melody.f0, Math.log2);
  const steps = pitch.map((value, i) => (i === 0 ? Number.NaN : value - pitch[i - 1]));
  const ofColumns = columnsOf(tracks);
  const voiced = [...melody.f0.keys()].filter((i) => melody.f0[i] > 0 && i < tracks.frames);
  const ofVoiced = ofColumns.map((column) => functionals(voiced.map((i) => column[i])));
  const coarse = sideBySide(meanColumns(spectrogram, COARSE_BANDS).map((column) => Float32Array.from(column)));
  const { spectrogramHop, sampleRate } = UTTERANCE;
  return Float32Array.from([
    ...[...ofColumns, ...columnsOf(slopes), pitch, steps].flatMap((values) => {
      const row: Record<Functional, number> = functionals(values);
      return KEPT.map((name) => row[name]);
    }),
    ...ofVoiced.map(({ mean }) => mean),
    ...ofVoiced.map(({ standardDeviation }) => standardDeviation),
    ...rhythm(signal, melody.f0),
    ...loudness(signal),
    ...spectralShape(spectrogram),
    ...modulationSpectrum(coarse, sampleRate / spectrogramHop),
    ...bandCorrelation(coarse),
  ]);
}

/** The mel spectrogram in decibels, 80 frames a second: [frames × 64]. */
export function utteranceSpectrogram(signal: Signal): FeatureMatrix {
  const { fftLength, spectrogramHop, spectrogramBands, fmin, fmax } = UTTERANCE;
  return powerToDb(
    melSpectrogram(signal, { fftLength, hopLength: spectrogramHop, melBands: spectrogramBands, fmin, fmax }),
  );
}

/** Duration in seconds, and statistics of voiced and unvoiced stretches in frames. */
function rhythm(signal: Signal, f0: Float32Array): number[] {
  const stretches: number[] = [];
  let length = 0;
  for (let i = 0; i <= f0.length; i++) {
    if (f0[i] > 0) length++;
    else if (length > 0) {
      stretches.push(length);
      length = 0;
    }
  }
  const count = stretches.length;
  const total = stretches.reduce((sum, stretch) => sum + stretch, 0);
  const mean = count === 0 ? 0 : total / count;
  const variance = stretches.reduce((sum, stretch) => sum + (stretch - mean) ** 2, 0) / Math.max(1, count);
  const seconds = signal.samples.length / signal.sampleRate;
  const longest = stretches.reduce((most, stretch) => Math.max(most, stretch), 0);
  return [seconds, total / f0.length, count / seconds, mean, Math.sqrt(variance), longest];
}

/** Natural logarithms of the peak and of the root mean square of the whole. */
function loudness({ samples }: Signal): number[] {
  let [peak, energy] = [0, 0];
  for (let i = 0; i < samples.length; i++) {
    peak = Math.max(peak, Math.abs(samples[i]));
    energy += samples[i] * samples[i];
  }
  // Silence has no logarithm.
  return [Math.log(peak + 1e-6), Math.log(Math.sqrt(energy / samples.length) + 1e-6)];
}
