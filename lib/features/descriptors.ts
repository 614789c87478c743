/**
 * Frame descriptors for exploring clips, through meyda: level, zero crossings and the centre of the spectrum.
 *
 * The functions that models read (`rms`, `zeroCrossingRate`, `spectralCentroid`) have librosa's definitions instead.
 */
import Meyda from 'meyda';
import type { Signal } from '../audio/signal';
import { frameCount } from '../audio/transform/stft';
import { SPECTRUM } from '../config';

/** Descriptors by frame, each value belonging to the time of the same index. */
export interface Descriptors {
  /** Seconds. */
  times: Float32Array;
  /** Root mean square of the amplitude; 1 for a full-scale square wave. */
  rms: Float32Array;
  /** Changes of sign per second; twice the frequency of a sine. */
  zeroCrossings: Float32Array;
  /** Centre of mass of the amplitude spectrum, in hertz. */
  spectralCentroid: Float32Array;
}

/** meyda's object, with the parts that its declarations leave out. */
interface Extractor {
  bufferSize: number;
  sampleRate: number;
  windowingFunction: string;
  featureExtractors: Record<'rms' | 'zcr', (input: { signal: Float32Array }) => number>;
  extract(name: 'spectralCentroid', signal: Float32Array): number;
}

const meyda = Meyda as unknown as Extractor;

/**
 * Describes a signal frame by frame.
 *
 * Frames of 2,048 samples are centred on their times, 512 samples apart, with zeros beyond the ends, as in `mfcc`, so
 * that curves align with its frames. Level and zero crossings are measured on the frame as it is; the centroid (of the
 * first 1,024 bins) on the frame under a Hann window. In a frame of zeros, where meyda divides by zero, all are 0.
 *
 * @returns arrays of 1 + floor(samples / 512) values
 * @throws RangeError if the signal is empty
 * @example
 * describe({ samples: sine440, sampleRate: 22_050 }).spectralCentroid[50] // about 440
 */
export function describe({ samples, sampleRate }: Signal): Descriptors {
  if (samples.length === 0) throw new RangeError('describe: the signal must have samples, got none');
  const { fftLength, hopLength } = SPECTRUM;
  const frames = frameCount(samples.length, hopLength);
  const [rms, zeroCrossings, spectralCentroid] = [0, 1, 2].map(() => new Float32Array(frames));
  Object.assign(meyda, { bufferSize: fftLength, sampleRate, windowingFunction: 'hanning' });
  const frame = new Float32Array(fftLength);
  for (let index = 0; index < frames; index++) {
    const start = index * hopLength - fftLength / 2;
    frame.fill(0);
    frame.set(samples.subarray(Math.max(start, 0), Math.max(start + fftLength, 0)), Math.max(-start, 0));
    rms[index] = meyda.featureExtractors.rms({ signal: frame });
    if (rms[index] === 0) continue; // the other arrays hold zeros already
    // meyda counts in crossings per frame and in bins.
    zeroCrossings[index] = (meyda.featureExtractors.zcr({ signal: frame }) * sampleRate) / fftLength;
    spectralCentroid[index] = (meyda.extract('spectralCentroid', frame) * sampleRate) / fftLength;
  }
  const times = Float32Array.from({ length: frames }, (_, index) => (index * hopLength) / sampleRate);
  return { times, rms, zeroCrossings, spectralCentroid };
}
