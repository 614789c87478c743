/** Standardisation of an utterance by itself, which takes away loudness, microphone and much of the voice. */
import type { FeatureMatrix } from '../mel/mfcc';

/** Options of `scaleUtterance`. */
export interface UtteranceScalerOptions {
  /** Also divides each coefficient by its standard deviation; default true. */
  variance?: boolean;
}

/**
 * Each coefficient less its mean over the frames, divided by its standard deviation over them.
 *
 * It needs no training data. A coefficient that never changes becomes zero.
 *
 * @returns a fresh matrix of the same shape
 * @see Viikki & Laurila (1998), cepstral mean and variance normalisation
 */
export function scaleUtterance(features: FeatureMatrix, options: UtteranceScalerOptions = {}): FeatureMatrix {
  const { variance = true } = options;
  const { frames, coefficients, values } = features;
  const scaled = new Float32Array(values.length);
  for (let k = 0; k < coefficients; k++) {
    let sum = 0;
    for (let frame = 0; frame < frames; frame++) sum += values[frame * coefficients + k];
    const mean = sum / frames;
    let squares = 0;
    for (let frame = 0; frame < frames; frame++) squares += (values[frame * coefficients + k] - mean) ** 2;
    const deviation = Math.sqrt(squares / frames);
    const scale = variance && deviation > 1e-6 * Math.abs(mean) ? 1 / deviation : 1;
    for (let frame = 0; frame < frames; frame++) {
      scaled[frame * coefficients + k] = (values[frame * coefficients + k] - mean) * scale;
    }
  }
  return { frames, coefficients, values: scaled };
}
