/** The window of a frame, and how many frames there are. */
import { SPECTRUM } from '../../config';

/** The periodic Hann window: 0.5 − 0.5 cos(2πn / length). */
export function hannWindow(length: number): Float64Array {
  return Float64Array.from({ length }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length));
}

/** The windows there are: Hann's, Hamming's, and none. */
export type WindowShape = 'hann' | 'hamming' | 'ones';

/**
 * A periodic window in the middle of a frame, zeros beside it: a − (1 − a) cos(2πn / winLength), with a = 0.5 for
 * Hann's and 0.54 for Hamming's window.
 *
 * @throws RangeError unless `winLength` is a whole number from 1 to `fftLength`
 */
export function frameWindow(shape: WindowShape, winLength: number, fftLength: number): Float64Array {
  if (!(Number.isInteger(winLength) && winLength >= 1 && winLength <= fftLength)) {
    throw new RangeError(`stft: winLength must be a whole number from 1 to ${fftLength} (fftLength), got ${winLength}`);
  }
  const mean = { hann: 0.5, hamming: 0.54, ones: 1 }[shape];
  if (mean === undefined) throw new RangeError(`stft: window must be hann, hamming or ones, got ${shape}`);
  const window = new Float64Array(fftLength);
  const start = Math.floor((fftLength - winLength) / 2);
  for (let n = 0; n < winLength; n++) window[start + n] = mean - (1 - mean) * Math.cos((2 * Math.PI * n) / winLength);
  return window;
}

/** Frames of a centred transform: 1 + floor(samples / hopLength). */
export function frameCount(samples: number, hopLength: number = SPECTRUM.hopLength): number {
  return 1 + Math.floor(samples / hopLength);
}
