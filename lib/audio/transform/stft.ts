/** The short-time Fourier transform, as librosa computes it. */
import { SPECTRUM } from '../../config';
import { doublesAt, withScratch } from '../simd';
import { FrameTransform } from './frame-transform';

/** Options of `forEachSpectrum`. Lengths in samples. */
export interface StftOptions {
  /** Samples per frame, a power of two; default 2048. */
  fftLength?: number;
  /** Samples between frames, int > 0; default 512. */
  hopLength?: number;
}

/**
 * Calls `visit` with the spectrum of every frame, under a Hann window; its arrays are reused.
 *
 * Frames are centred on multiples of the hop, with zeros beyond the ends.
 *
 * @throws RangeError if the signal is empty, or a length is out of its range
 */
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

/** Frames of a centred transform: 1 + floor(samples / hopLength). */
export function frameCount(samples: number, hopLength: number = SPECTRUM.hopLength): number {
  return 1 + Math.floor(samples / hopLength);
}
