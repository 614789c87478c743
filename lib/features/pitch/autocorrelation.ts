/** The autocorrelation of overlapping frames, by FFT. */
import { RealFft } from '../../audio/transform/fft';

/** Parameters of `forEachAutocorrelation`. Lengths in samples. */
export interface AutocorrelationOptions {
  frames: number;
  frameLength: number;
  hopLength: number;
  /** The longest lag, int > 0 and below `frameLength`. */
  lags: number;
}

/**
 * Calls `visit` with r[k] = Σ x[n] x[n + k] of every centred frame, zeros beyond the ends, k from 0 to `lags`; the
 * array is reused.
 */
export function forEachAutocorrelation(
  samples: Float32Array,
  options: AutocorrelationOptions,
  visit: (frame: number, correlation: Float64Array) => void,
): void {
  const { frameLength, hopLength, lags } = options;
  if (frameLength % hopLength === 0 && frameLength > hopLength && lags <= hopLength) {
    byBlocks(samples, options, visit);
  } else {
    byFrames(samples, options, visit);
  }
}

/** One frame after the other: the power spectrum of each, transformed back. */
function byFrames(
  samples: Float32Array,
  { frames, frameLength, hopLength, lags }: AutocorrelationOptions,
  visit: (frame: number, correlation: Float64Array) => void,
): void {
  const fft = fftFor(frameLength + lags);
  const padded = new Float64Array(fft.length);
  const real = new Float64Array(fft.bins);
  const imaginary = new Float64Array(fft.bins);
  const zeros = new Float64Array(fft.bins);
  const correlation = new Float64Array(fft.length);
  for (let frame = 0; frame < frames; frame++) {
    copy(samples, frame * hopLength - Math.floor(frameLength / 2), frameLength, padded);
    fft.forward(padded, real, imaginary);
    for (let bin = 0; bin < fft.bins; bin++) real[bin] = real[bin] * real[bin] + imaginary[bin] * imaginary[bin];
    fft.inverse(real, zeros, correlation);
    visit(frame, correlation);
  }
}

/**
 * Frames as rows of blocks one hop long, each of which is transformed once for all the frames that share it.
 *
 * All pairs of a frame begin in some block: in its last one they end there too, in the others at most one block on. So
 * a frame's spectrum is the sum of its blocks' cross spectra with what follows them, the last one's being its power.
 */
function byBlocks(
  samples: Float32Array,
  { frames, frameLength, hopLength, lags }: AutocorrelationOptions,
  visit: (frame: number, correlation: Float64Array) => void,
): void {
  const fft = fftFor(hopLength + lags);
  const { bins, length } = fft;
  const blocks = frameLength / hopLength;
  const padded = new Float64Array(length);
  const [blockReal, blockImaginary] = [new Float64Array(bins), new Float64Array(bins)];
  const [nextReal, nextImaginary] = [new Float64Array(bins), new Float64Array(bins)];
  // The cross spectra of the latest blocks, in a ring, and the sum over a frame.
  const crossReal = Array.from({ length: blocks }, () => new Float64Array(bins));
  const crossImaginary = Array.from({ length: blocks }, () => new Float64Array(bins));
  const [sumReal, sumImaginary] = [new Float64Array(bins), new Float64Array(bins)];
  const correlation = new Float64Array(length);
  for (let block = 0; block < frames + blocks - 1; block++) {
    const start = block * hopLength - Math.floor(frameLength / 2);
    copy(samples, start, hopLength, padded);
    fft.forward(padded, blockReal, blockImaginary);
    if (block >= blocks - 1) {
      for (let bin = 0; bin < bins; bin++) {
        sumReal[bin] = blockReal[bin] * blockReal[bin] + blockImaginary[bin] * blockImaginary[bin];
      }
      sumImaginary.fill(0);
      for (let earlier = block - blocks + 1; earlier < block; earlier++) {
        const real = crossReal[earlier % blocks];
        const imaginary = crossImaginary[earlier % blocks];
        for (let bin = 0; bin < bins; bin++) {
          sumReal[bin] += real[bin];
          sumImaginary[bin] += imaginary[bin];
        }
      }
      fft.inverse(sumReal, sumImaginary, correlation);
      visit(block - blocks + 1, correlation);
    }
    copy(samples, start, hopLength + lags, padded);
    fft.forward(padded, nextReal, nextImaginary);
    const real = crossReal[block % blocks];
    const imaginary = crossImaginary[block % blocks];
    for (let bin = 0; bin < bins; bin++) {
      real[bin] = blockReal[bin] * nextReal[bin] + blockImaginary[bin] * nextImaginary[bin];
      imaginary[bin] = blockReal[bin] * nextImaginary[bin] - blockImaginary[bin] * nextReal[bin];
    }
  }
}

/** Samples from `start` on, `count` of them, and zeros to the end of `target`. */
function copy(samples: Float32Array, start: number, count: number, target: Float64Array): void {
  target.fill(0);
  const from = Math.max(0, start);
  const to = Math.min(samples.length, start + count);
  if (to > from) target.set(samples.subarray(from, to), from - start);
}

/** A transform long enough that sums over `span` samples do not wrap around. */
function fftFor(span: number): RealFft {
  return new RealFft(2 ** Math.ceil(Math.log2(Math.max(4, span + 1))));
}
