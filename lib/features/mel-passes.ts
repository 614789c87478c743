/** Mel bands and cepstra of a whole signal, on the SIMD kernels. */
import {
  doublesAt,
  FrameTransform,
  floatsAt,
  integersAt,
  kernels,
  LANES,
  type Precision,
  withScratch,
} from '../audio/simd';
import { forEachSpectrum, frameCount } from '../audio/stft';
import type { MelFilter } from './mel';

/** What is common to all frames. Lengths in samples. */
export interface MelPass {
  samples: Float32Array;
  fftLength: number;
  hopLength: number;
  filters: readonly MelFilter[];
}

/**
 * Power in each band, [frames × bands].
 *
 * @param precision `single` errs by about 1e-7 of the loudest bin, which decibels 80 below it do not show
 */
export function melPower({ samples, fftLength, hopLength, filters }: MelPass, precision: Precision): Float32Array {
  const transform = FrameTransform.of(fftLength, precision);
  const { lanes, re } = transform;
  const double = precision === 'double';
  const mel = double ? kernels.mel64 : kernels.mel32;
  const [view, size] = double ? [doublesAt, 8] : [floatsAt, 4];
  const frames = frameCount(samples.length, hopLength);
  return withScratch((scratch) => {
    const take = double ? scratch.doubles : scratch.floats;
    const shape = scratch.floats(2 * filters.length);
    const weights = take(filters.reduce((sum, filter) => sum + filter.weights.length, 0));
    const values = scratch.floats(frames * filters.length);
    // Zeros before and after, so that no frame of the last group reads beyond.
    const padded = take(samples.length + 2 * fftLength + lanes * hopLength);
    let place = weights;
    filters.forEach((filter, band) => {
      integersAt(shape + 8 * band, 2).set([filter.start, filter.weights.length]);
      view(place, filter.weights.length).set(filter.weights);
      place += size * filter.weights.length;
    });
    view(padded + size * (fftLength / 2), samples.length).set(samples);
    for (let frame = 0; frame < frames; frame += lanes) {
      transform.powers(padded + size * frame * hopLength, hopLength);
      const row = values + 4 * frame * filters.length;
      mel(filters.length, shape, weights, re, row, Math.min(lanes, frames - frame));
    }
    return floatsAt(values, frames * filters.length).slice();
  });
}

/** Any power of the magnitude in each band, [frames × bands]; without the kernels, for exponents other than 2. */
export function melOfMagnitudes({ samples, fftLength, hopLength, filters }: MelPass, exponent: number): Float32Array {
  const bands = filters.length;
  const values = new Float32Array(frameCount(samples.length, hopLength) * bands);
  forEachSpectrum(samples, { fftLength, hopLength }, (frame, real, imaginary) => {
    filters.forEach(({ start, weights }, band) => {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) {
        const bin = start + i;
        sum += weights[i] * (real[bin] * real[bin] + imaginary[bin] * imaginary[bin]) ** (exponent / 2);
      }
      values[frame * bands + band] = sum;
    });
  });
  return values;
}

/** What `cepstra` needs. */
export interface CepstrumOptions {
  /** Decibels kept below the loudest value. */
  topDb: number;
  coefficients: number;
  /** Rows of the cosine transform, [coefficients × bands]. */
  basis: Float64Array;
}

/** Cosine transforms of the decibels in each band, [frames × coefficients]. */
export function cepstra(
  power: { frames: number; coefficients: number; values: Float32Array },
  { topDb, coefficients, basis }: CepstrumOptions,
): Float32Array {
  const { frames, coefficients: bands } = power;
  // Whole lanes: the bands that fill them up have no weight.
  const columns = Math.ceil(bands / LANES) * LANES;
  return withScratch(({ floats }) => {
    const rows = floats(coefficients * columns);
    const output = floats(frames * coefficients);
    const decibels = floats(frames * columns);
    for (let k = 0; k < coefficients; k++) {
      floatsAt(rows + 4 * k * columns, bands).set(basis.subarray(k * bands, (k + 1) * bands));
    }
    for (let frame = 0; frame < frames; frame++) {
      const row = power.values.subarray(frame * bands, (frame + 1) * bands);
      floatsAt(decibels + 4 * frame * columns, bands).set(row);
    }
    const loudest = kernels.decibels(frames * columns, decibels);
    kernels.cosineTransform(frames, columns, coefficients, decibels, loudest - topDb, rows, output);
    return floatsAt(output, frames * coefficients).slice();
  });
}
