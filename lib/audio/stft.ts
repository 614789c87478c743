/** The short-time Fourier transform and its inverse, as librosa computes them. */
import { SPECTRUM } from '../config';
import { RealFft } from './fft';
import { doublesAt, FrameTransform, withScratch } from './simd';
import { frameCount, hannWindow } from './window';

export { frameCount, hannWindow };

/** Options of `stft`. Lengths in samples. */
export interface StftOptions {
  /** Samples per frame, a power of two; default 2048. */
  fftLength?: number;
  /** Samples between frames, int > 0; default 512. */
  hopLength?: number;
}

/** A short-time spectrum: complex values, row-major [frames × bins]. */
export interface Stft {
  readonly frames: number;
  /** Frequencies per frame: fftLength / 2 + 1. */
  readonly bins: number;
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** Calls `visit` with the spectrum of every centred, Hann-windowed frame; its arrays are reused. */
export function forEachSpectrum(
  samples: Float32Array,
  options: StftOptions,
  visit: (frame: number, real: Float64Array, imaginary: Float64Array) => void,
): void {
  const { fftLength = SPECTRUM.fftLength, hopLength = SPECTRUM.hopLength } = options;
  if (samples.length === 0) throw new RangeError('stft: the signal must not be empty, got 0 samples');
  if (!(hopLength > 0)) throw new RangeError(`stft: hopLength must be above 0, got ${hopLength}`);
  const transform = FrameTransform.of(fftLength, 'double');
  const { bins, lanes } = transform;
  const [real, imaginary] = [new Float64Array(bins), new Float64Array(bins)];
  const frames = frameCount(samples.length, hopLength);
  // `visit` may use the kernels too, so this memory is given back before each call.
  for (let first = 0; first < frames; first += lanes) {
    const start = first * hopLength - fftLength / 2;
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

/**
 * The spectrum of every frame: frames centred on multiples of the hop (zeros beyond the ends), Hann window.
 *
 * @throws RangeError if the signal is empty or a length is out of its range
 */
export function stft(samples: Float32Array, options: StftOptions = {}): Stft {
  const { fftLength = SPECTRUM.fftLength, hopLength = SPECTRUM.hopLength } = options;
  const bins = fftLength / 2 + 1;
  const frames = frameCount(samples.length, hopLength);
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
export function inverseStft(spectrum: Stft, length: number, options: StftOptions = {}): Float32Array {
  const { fftLength = SPECTRUM.fftLength, hopLength = SPECTRUM.hopLength } = options;
  const { frames, bins } = spectrum;
  const fft = plan(fftLength);
  const window = windows(fftLength);
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
  const offset = fftLength / 2;
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

const windowCache = new Map<number, Float64Array>();
function windows(length: number): Float64Array {
  const known = windowCache.get(length) ?? hannWindow(length);
  windowCache.set(length, known);
  return known;
}
