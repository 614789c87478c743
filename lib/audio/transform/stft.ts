/** The short-time Fourier transform and its inverse, as librosa computes them. */
import { SPECTRUM } from '../../config';
import { doublesAt, withScratch } from '../simd';
import { RealFft } from './fft';
import { FrameTransform } from './frame-transform';
import { frameCount, frameWindow, hannWindow, type WindowShape } from './window';

export { frameCount, hannWindow, type WindowShape };

/** Options of `stft`. Lengths in samples. */
export interface StftOptions {
  /** Samples per frame, a power of two; default 2048. */
  fftLength?: number;
  /** Samples between frames, int > 0; default 512. */
  hopLength?: number;
}

/** Options of `stft` and `inverseStft`. Lengths in samples. */
export interface FrameOptions extends StftOptions {
  /** Samples of the window, which stands in the middle of the frame, int from 1 to `fftLength`; default `fftLength`. */
  winLength?: number;
  /** Default `hann`. */
  window?: WindowShape;
  /** Centres frames on multiples of the hop, zeros beyond the ends; otherwise they begin there. Default true. */
  center?: boolean;
}

/** A short-time spectrum: complex values, row-major [frames × bins]. */
export interface Stft {
  readonly frames: number;
  /** Frequencies per frame: fftLength / 2 + 1. */
  readonly bins: number;
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** Calls `visit` with the spectrum of every windowed frame; its arrays are reused. */
export function forEachSpectrum(
  samples: Float32Array,
  options: FrameOptions,
  visit: (frame: number, real: Float64Array, imaginary: Float64Array) => void,
): void {
  const { fftLength = SPECTRUM.fftLength, hopLength = SPECTRUM.hopLength } = options;
  if (samples.length === 0) throw new RangeError('stft: the signal must not be empty, got 0 samples');
  if (!(hopLength > 0)) throw new RangeError(`stft: hopLength must be above 0, got ${hopLength}`);
  const { center = true, window = 'hann', winLength = fftLength } = options;
  const transform = FrameTransform.of(fftLength, 'double', window, winLength);
  const { bins, lanes } = transform;
  const [real, imaginary] = [new Float64Array(bins), new Float64Array(bins)];
  const frames = framesOf(samples.length, options);
  // `visit` may use the kernels too, so this memory is given back before each call.
  for (let first = 0; first < frames; first += lanes) {
    const start = first * hopLength - (center ? fftLength / 2 : 0);
    const group = withScratch(({ doubles }) => {
      const length = fftLength + (lanes - 1) * hopLength;
      const padded = doubles(length);
      const [from, to] = [Math.max(0, start), Math.min(samples.length, start + length)];
      if (to > from) doublesAt(padded + 8 * (from - start), to - from).set(samples.subarray(from, to));
      transform.spectra(padded, hopLength);
      return [doublesAt(transform.re, bins * lanes).slice(), doublesAt(transform.im, bins * lanes).slice()];
    });
    for (let lane = 0; lane < Math.min(lanes, frames - first); lane++) {
      for (let bin = 0; bin < bins; bin++) {
        real[bin] = group[0][bin * lanes + lane];
        imaginary[bin] = group[1][bin * lanes + lane];
      }
      visit(first + lane, real, imaginary);
    }
  }
}

function framesOf(samples: number, options: FrameOptions): number {
  const { fftLength = SPECTRUM.fftLength, hopLength = SPECTRUM.hopLength, center = true } = options;
  if (center) return frameCount(samples, hopLength);
  if (samples < fftLength) {
    throw new RangeError(`stft: without center the signal must have ${fftLength} samples (fftLength), got ${samples}`);
  }
  return frameCount(samples - fftLength, hopLength);
}

/**
 * The spectrum of every frame, centred on multiples of the hop (zeros beyond the ends) or beginning there.
 *
 * @throws RangeError if the signal is empty, or shorter than a frame without `center`, or a length is out of its range
 * @see agrees with librosa.stft (fft.test.ts)
 */
export function stft(samples: Float32Array, options: FrameOptions = {}): Stft {
  const { fftLength = SPECTRUM.fftLength } = options;
  const bins = fftLength / 2 + 1;
  const frames = framesOf(samples.length, options);
  const spectrum = { frames, bins, real: new Float64Array(frames * bins), imaginary: new Float64Array(frames * bins) };
  forEachSpectrum(samples, options, (frame, real, imaginary) => {
    spectrum.real.set(real, frame * bins);
    spectrum.imaginary.set(imaginary, frame * bins);
  });
  return spectrum;
}

/**
 * The signal of a spectrum, by overlap and add, divided by the sum of the squared windows.
 *
 * @param length samples to return
 */
export function inverseStft(spectrum: Stft, length: number, options: FrameOptions = {}): Float32Array {
  const { fftLength = SPECTRUM.fftLength, hopLength = SPECTRUM.hopLength, center = true } = options;
  const { frames, bins } = spectrum;
  const fft = plan(fftLength);
  const window = frameWindow(options.window ?? 'hann', options.winLength ?? fftLength, fftLength);
  const padded = new Float64Array(fftLength + hopLength * (frames - 1));
  const weight = new Float64Array(padded.length);
  const frame = new Float64Array(fftLength);
  for (let index = 0; index < frames; index++) {
    const [from, to] = [index * bins, (index + 1) * bins];
    fft.inverse(spectrum.real.subarray(from, to), spectrum.imaginary.subarray(from, to), frame);
    const start = index * hopLength;
    for (let n = 0; n < fftLength; n++) {
      padded[start + n] += frame[n] * window[n];
      weight[start + n] += window[n] * window[n];
    }
  }
  const samples = new Float32Array(length);
  const offset = center ? fftLength / 2 : 0;
  for (let n = 0; n < length && n + offset < padded.length; n++) {
    const sum = weight[n + offset];
    // Where no window reaches, the sum is zero and there is nothing to divide.
    samples[n] = sum > 1e-30 ? padded[n + offset] / sum : padded[n + offset];
  }
  return samples;
}

const plans = new Map<number, RealFft>();
function plan(length: number): RealFft {
  const known = plans.get(length) ?? new RealFft(length);
  plans.set(length, known);
  return known;
}
