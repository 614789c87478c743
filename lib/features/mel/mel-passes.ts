/** Mel bands and cepstra of a whole signal, on the SIMD kernels. */

import {
  doublesAt,
  floatsAt,
  integersAt,
  kernels,
  LANES,
  type Pointer,
  type Scratch,
  withScratch,
} from '../../audio/simd';
import { FrameTransform, type Precision } from '../../audio/transform/frame-transform';
import { frameCount } from '../../audio/transform/stft';
import type { MelFilter } from './mel';

/** Parameters common to all frames. Lengths in samples. */
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
export function melPower(pass: MelPass, precision: Precision): Float32Array {
  const bands = pass.filters.length;
  const frames = frameCount(pass.samples.length, pass.hopLength);
  const transform = FrameTransform.of(pass.fftLength, precision);
  return withScratch((scratch) => {
    const values = scratch.room(4 * frames * bands);
    writeMelPower(pass, transform, scratch, { values, columns: bands });
    return floatsAt(values, frames * bands).slice();
  });
}

/** Writes the power in each band to rows of so many columns, of which it leaves the last as they are. */
function writeMelPower(
  { samples, fftLength, hopLength, filters }: MelPass,
  transform: FrameTransform,
  scratch: Scratch,
  { values, columns }: { values: Pointer; columns: number },
): void {
  const { lanes, re } = transform;
  const double = transform.precision === 'double';
  const [view, size] = double ? [doublesAt, 8] : [floatsAt, 4];
  const { shape, weights } = flat(filters);
  const [shapes, rows] = [scratch.room(4 * shape.length), scratch.room(size * weights.length)];
  // Zeros before and after, so that no frame of the last group reads beyond.
  const half = fftLength / 2;
  const after = samples.length + half;
  const length = after + fftLength + lanes * hopLength;
  const padded = scratch.room(size * length);
  integersAt(shapes, shape.length).set(shape);
  view(rows, weights.length).set(weights);
  view(padded, half).fill(0);
  view(padded + size * half, samples.length).set(samples);
  view(padded + size * after, length - after).fill(0);
  const frames = frameCount(samples.length, hopLength);
  for (let frame = 0; frame < frames; frame += lanes) {
    transform.powers(padded + size * frame * hopLength, hopLength);
    const row = values + 4 * frame * columns;
    kernels.mel(double, filters.length, shapes, rows, re, row, 4 * columns, Math.min(lanes, frames - frame));
  }
}

/** Filters as the kernels read them: first bin and number of bins of each, then the weights of all in turn. */
interface FlatFilters {
  shape: Int32Array;
  weights: Float64Array;
}

const flattened = new WeakMap<readonly MelFilter[], FlatFilters>();

function flat(filters: readonly MelFilter[]): FlatFilters {
  const made = flattened.get(filters) ?? {
    shape: Int32Array.from(filters.flatMap(({ start, weights }) => [start, weights.length])),
    weights: Float64Array.from(filters.flatMap(({ weights }) => [...weights])),
  };
  flattened.set(filters, made);
  return made;
}

/** Parameters of the cepstra. */
export interface CepstrumOptions {
  /** Decibels kept below the loudest value. */
  topDb: number;
  coefficients: number;
  /** Rows of the cosine transform, [coefficients × bands]. */
  basis: Float64Array;
}

/** Cosine transforms of the decibels in each band of a signal, [frames × coefficients]; `precision` is that of the spectra. */
export function cepstraOfSignal(pass: MelPass, options: CepstrumOptions, precision: Precision): Float32Array {
  const shape = { frames: frameCount(pass.samples.length, pass.hopLength), bands: pass.filters.length };
  const transform = FrameTransform.of(pass.fftLength, precision);
  return cepstra(shape, options, (scratch, rows) => writeMelPower(pass, transform, scratch, rows));
}

/** The same of powers already known, [frames × bands]. */
export function cepstraOfPower(power: Float32Array, bands: number, options: CepstrumOptions): Float32Array {
  const frames = power.length / bands;
  return cepstra({ frames, bands }, options, (_, { values, columns }) => {
    for (let frame = 0; frame < frames; frame++) {
      floatsAt(values + 4 * frame * columns, bands).set(power.subarray(frame * bands, (frame + 1) * bands));
    }
  });
}

function cepstra(
  { frames, bands }: { frames: number; bands: number },
  { topDb, coefficients, basis }: CepstrumOptions,
  write: (scratch: Scratch, rows: { values: Pointer; columns: number }) => void,
): Float32Array {
  // Whole lanes: the bands that fill them up have no weight.
  const columns = Math.ceil(bands / LANES) * LANES;
  return withScratch((scratch) => {
    const rows = scratch.floats(coefficients * columns);
    const output = scratch.room(4 * frames * coefficients);
    const decibels = columns === bands ? scratch.room(4 * frames * bands) : scratch.floats(frames * columns);
    for (let k = 0; k < coefficients; k++) {
      floatsAt(rows + 4 * k * columns, bands).set(basis.subarray(k * bands, (k + 1) * bands));
    }
    write(scratch, { values: decibels, columns });
    const loudest = kernels.decibels(frames * columns, decibels);
    kernels.cosineTransform(frames, columns, coefficients, decibels, loudest - topDb, rows, output);
    return floatsAt(output, frames * coefficients).slice();
  });
}
