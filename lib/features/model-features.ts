/** Model features by name. */
import type { Signal } from '../audio/signal';
import { SPECTRUM } from '../config';
import { sideBySide } from './matrix';
import { type FeatureMatrix, melSpectrogram, mfcc, mfccOfMel, powerToDb } from './mel/mfcc';
import { delta } from './summary/delta';

/** `mfcc` is the original's; the others are extensions that its author names. */
export const FEATURE_KINDS = ['mfcc', 'mfcc+deltas', 'mel-spectrogram'] as const;
export type FeatureKind = (typeof FEATURE_KINDS)[number];

/**
 * The kind of this name.
 *
 * @throws RangeError if there is none
 */
export function parseFeatureKind(name: string): FeatureKind {
  const kind = FEATURE_KINDS.find((known) => known === name);
  if (!kind)
    throw new RangeError(`parseFeatureKind: features must be one of ${FEATURE_KINDS.join(', ')}, got "${name}"`);
  return kind;
}

/**
 * The features of a signal, frame by frame.
 *
 * `mfcc`: 20 coefficients; `mfcc+deltas`: those, their slopes and their curvatures, 60 in all; `mel-spectrogram`: 64
 * mel bands in decibels.
 *
 * @returns [frames × coefficients]; [104 × `coefficientsOf(kind)`] for 2.4 s at 22,050 Hz
 * @throws RangeError if the signal is empty
 */
export function modelFeatures(signal: Signal, kind: FeatureKind = 'mfcc'): FeatureMatrix {
  switch (kind) {
    case 'mfcc':
      return mfcc(signal);
    case 'mfcc+deltas':
      return withDeltas(mfcc(signal));
    case 'mel-spectrogram':
      return powerToDb(modelMel(signal, kind));
  }
}

/** The power in mel bands from which the features of a kind are made: 64 bands for `mel-spectrogram`, else 128. */
export function modelMel(signal: Signal, kind: FeatureKind): FeatureMatrix {
  return melSpectrogram(signal, { melBands: kind === 'mel-spectrogram' ? SPECTRUM.inputMelBands : SPECTRUM.melBands });
}

/** The features of a sound of which only `modelMel` is known, such as one in which something was changed. */
export function featuresOfMel(mel: FeatureMatrix, kind: FeatureKind): FeatureMatrix {
  if (kind === 'mel-spectrogram') return powerToDb(mel);
  return kind === 'mfcc' ? mfccOfMel(mel) : withDeltas(mfccOfMel(mel));
}

function withDeltas(cepstra: FeatureMatrix): FeatureMatrix {
  return sideBySide([cepstra, delta(cepstra), delta(cepstra, { order: 2 })]);
}

/** Coefficients per frame. */
export function coefficientsOf(kind: FeatureKind): number {
  if (kind === 'mel-spectrogram') return SPECTRUM.inputMelBands;
  return kind === 'mfcc' ? SPECTRUM.coefficients : 3 * SPECTRUM.coefficients;
}
