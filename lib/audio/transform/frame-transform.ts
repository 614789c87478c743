/** The Fourier transform of frames on the SIMD kernels: its tables and its work space. */

import {
  type Frames,
  keep,
  keepDoubles,
  keepFloats,
  keepIntegers,
  kernels,
  LANE_BYTES,
  LANES,
  LANES_64,
  type Pointer,
} from '../simd';
import { RealFft } from './fft';

/** The periodic Hann window: 0.5 − 0.5 cos(2πn / length). */
export function hannWindow(length: number): Float64Array {
  return Float64Array.from({ length }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length));
}

/** Precision of a transform. `single` is twice as fast. */
export type Precision = 'single' | 'double';

/** Pointers to cos(2πk / length) and −sin(2πk / length), for k below ¾ · length. Not within `withScratch` at first. */
export function turn(length: number, precision: Precision): [Pointer, Pointer] {
  const key = `${length} ${precision}`;
  const known = turns.get(key);
  if (known) return known;
  const angles = Array.from({ length: (3 * length) / 4 }, (_, k) => (2 * Math.PI * k) / length);
  const keepNumbers = precision === 'double' ? keepDoubles : keepFloats;
  const made: [Pointer, Pointer] = [keepNumbers(angles.map(Math.cos)), keepNumbers(angles.map((a) => -Math.sin(a)))];
  turns.set(key, made);
  return made;
}
const turns = new Map<string, [Pointer, Pointer]>();

/** The tables and work space of the transform of one frame length. */
export class FrameTransform {
  readonly bins: number;
  /** Bins, and as many more as fill up groups of 4; those are 0. */
  readonly columns: number;
  /** Frames transformed at once. */
  readonly lanes: number;
  /** Results of `spectra`, [columns × lanes] each; `powers` writes to the first. */
  readonly re: Pointer;
  readonly im: Pointer;
  private readonly analysis: Frames;
  private readonly synthesis: Frames;
  private readonly size: number;

  private constructor(
    length: number,
    readonly precision: Precision,
  ) {
    const double = precision === 'double';
    const { order } = new RealFft(length).tables;
    const window = hannWindow(length);
    const keepNumbers = double ? keepDoubles : keepFloats;
    const half = length / 2;
    this.bins = half + 1;
    this.columns = Math.ceil(this.bins / LANES) * LANES;
    this.lanes = double ? LANES_64 : LANES;
    this.size = double ? 8 : 4;
    const analysis = keepNumbers(window.map((weight) => weight / 2));
    // The kernel gives the conjugate of the frame: even samples as real parts, odd ones as imaginary parts.
    const synthesis = keepNumbers(window.map((weight, n) => (n % 2 === 0 ? weight : -weight) / length));
    const [orders, cosines, sines, work] = [keepIntegers(order), ...turn(length, precision), keep(length * LANE_BYTES)];
    this.analysis = [half, analysis, orders, cosines, sines, work];
    this.synthesis = [half, synthesis, orders, cosines, sines, work];
    [this.re, this.im] = [0, 0].map(() => keepFloats(new Float32Array(this.columns * LANES)));
  }

  /** The transform of a frame length, a power of two; made once. Not within `withScratch` for the first time. */
  static of(length: number, precision: Precision): FrameTransform {
    const key = `${length} ${precision}`;
    const known = transforms.get(key) ?? new FrameTransform(length, precision);
    transforms.set(key, known);
    return known;
  }

  /**
   * The spectra of as many windowed frames as there are lanes.
   *
   * @param samples where the first frame begins
   * @param hopLength samples from one frame to the next
   */
  spectra(samples: Pointer, hopLength: number): void {
    const { analysis, size, re, im } = this;
    kernels.forward(size === 8, ...analysis, samples, hopLength * size, re, im);
  }

  /** The power spectra of as many frames, likewise. */
  powers(samples: Pointer, hopLength: number): void {
    kernels.power(this.size === 8, ...this.analysis, samples, hopLength * this.size, this.re);
  }

  /**
   * Adds four windowed frames to a signal, given their spectra in `re` and `im`; single precision only, of 8 samples
   * and more.
   *
   * @param out where the first frame begins
   */
  addFrames(out: Pointer, hopLength: number): void {
    if (this.size !== 4) throw new RangeError('addFrames: the transform must be single, got double');
    kernels.inverseAdd(...this.synthesis, this.re, this.im, out, hopLength * this.size);
  }
}
const transforms = new Map<string, FrameTransform>();
