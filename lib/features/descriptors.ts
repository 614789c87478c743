/**
 * Frame descriptors for exploring clips, through meyda: level, zero crossings, the spectrum's centre and shape, chroma.
 *
 * meyda's MFCC has other mel bands, another scale and another DCT than librosa's, so that the emotion model does not
 * read it: see `mfcc`.
 */
import Meyda from 'meyda';
import type { Signal } from '../audio/signal';
import { frameCount } from '../audio/transform/stft';
import { SPECTRUM } from '../config';

/** Descriptors by frame, each value belonging to the time of the same index. */
export interface Descriptors {
  /** Root mean square of the amplitude; 1 for a full-scale square wave. */
  rms: Float32Array;
  /** Changes of sign per second; twice the frequency of a sine. */
  zeroCrossings: Float32Array;
  /** Centre of mass of the amplitude spectrum, in hertz. */
  spectralCentroid: Float32Array;
  /** Hertz; frequency below which 99 % of the amplitude spectrum is found. */
  spectralRolloff: Float32Array;
  /** Geometric over arithmetic mean of the amplitude spectrum: 0 for a tone, towards 1 for noise. */
  spectralFlatness: Float32Array;
  /** Row-major [frames × 12]: strength of the pitch classes C, C♯, … B, the strongest 1. */
  chroma: Float32Array;
}

/** Name of a descriptor. */
export type DescriptorName = keyof Descriptors;

/** All descriptors of `describe`. */
export const DESCRIPTOR_NAMES: readonly DescriptorName[] = [
  'rms',
  'zeroCrossings',
  'spectralCentroid',
  'spectralRolloff',
  'spectralFlatness',
  'chroma',
];

/** Options of `describe`. Lengths in samples. */
export interface DescribeOptions<Name extends DescriptorName = DescriptorName> {
  /** Samples per frame, a power of two from 64 to 65,536; default 2048. */
  fftLength?: number;
  /** Samples between frames, int > 0; default 512. */
  hopLength?: number;
  /** Names of the descriptors to compute; default all. */
  names?: readonly Name[];
}

/** Descriptors of one frame, before they are written into the arrays. */
type Extracted = Partial<Record<'spectralCentroid' | 'spectralRolloff' | 'spectralFlatness', number>> & {
  chroma?: number[];
};

/** meyda's object, with the parts that its declarations leave out. */
interface Extractor {
  bufferSize: number;
  sampleRate: number;
  windowingFunction: string;
  /** Weights by pitch class; meyda keeps them when frame length or sample rate change, though they depend on both. */
  chromaFilterBank?: number[][];
  featureExtractors: Record<'rms' | 'zcr', (input: { signal: Float32Array }) => number>;
  extract(names: readonly string[], signal: Float32Array): Extracted | null;
}

const meyda = Meyda as unknown as Extractor;
const PITCH_CLASSES = 12;

/**
 * Describes a signal frame by frame.
 *
 * Frames are centred on their times, with zeros beyond the ends, as in `mfcc`, so that curves align with its frames.
 * Level and zero crossings are measured on the frame as it is; the spectral ones (of the first fftLength / 2 bins) on
 * the frame under a Hann window. In a frame of zeros, where meyda divides by zero, every descriptor is 0.
 *
 * @returns `times` in seconds, and an array per descriptor; frames = 1 + floor(samples / hopLength)
 * @throws RangeError if the signal is empty, or an option is out of its range
 * @example
 * describe({ samples: sine440, sampleRate: 22_050 }).spectralCentroid[50] // about 440
 */
export function describe<Name extends DescriptorName = DescriptorName>(
  signal: Signal,
  options: DescribeOptions<Name> = {},
): { times: Float32Array } & Pick<Descriptors, Name> {
  const { samples, sampleRate } = signal;
  const { fftLength = SPECTRUM.fftLength, hopLength = SPECTRUM.hopLength } = options;
  const names: readonly DescriptorName[] = options.names ?? DESCRIPTOR_NAMES;
  if (samples.length === 0) {
    throw new RangeError('describe: the signal must have samples, got none');
  }
  if (!Number.isInteger(Math.log2(fftLength)) || fftLength < 64 || fftLength > 65_536) {
    throw new RangeError(`describe: fftLength must be a power of two from 64 to 65536, got ${fftLength}`);
  }
  if (!(Number.isInteger(hopLength) && hopLength > 0)) {
    throw new RangeError(`describe: hopLength must be a whole number above 0, got ${hopLength}`);
  }
  const unknown = names.find((name) => !DESCRIPTOR_NAMES.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`describe: names must be among ${DESCRIPTOR_NAMES.join(', ')}, got ${unknown}`);
  }

  const frames = frameCount(samples.length, hopLength);
  const tracks = new Map(
    names.map((name) => [name, new Float32Array(name === 'chroma' ? frames * PITCH_CLASSES : frames)]),
  );
  const spectral = names.filter((name) => name !== 'rms' && name !== 'zeroCrossings');
  Object.assign(meyda, {
    bufferSize: fftLength,
    sampleRate,
    windowingFunction: 'hanning',
    chromaFilterBank: undefined,
  });
  const frame = new Float32Array(fftLength);
  for (let index = 0; index < frames; index++) {
    const start = index * hopLength - fftLength / 2;
    frame.fill(0);
    frame.set(samples.subarray(Math.max(start, 0), Math.max(start + fftLength, 0)), Math.max(-start, 0));
    const rms = meyda.featureExtractors.rms({ signal: frame });
    if (rms === 0) {
      continue; // the arrays hold zeros already
    }
    const extracted = spectral.length > 0 ? meyda.extract(spectral, frame) : null;
    for (const [name, track] of tracks) {
      if (name === 'chroma') {
        track.set(extracted?.chroma ?? [], index * PITCH_CLASSES);
      } else {
        track[index] = toUnits(name, name === 'rms' ? rms : extracted?.[name as 'spectralCentroid'], {
          frame,
          sampleRate,
        });
      }
    }
  }
  const times = Float32Array.from({ length: frames }, (_, index) => (index * hopLength) / sampleRate);
  return { times, ...Object.fromEntries(tracks) } as { times: Float32Array } & Pick<Descriptors, Name>;
}

/** A descriptor of one frame in the units of `Descriptors`; meyda counts in bins and crossings per frame. */
function toUnits(
  name: DescriptorName,
  value: number | undefined,
  { frame, sampleRate }: { frame: Float32Array; sampleRate: number },
): number {
  switch (name) {
    case 'zeroCrossings':
      return (meyda.featureExtractors.zcr({ signal: frame }) * sampleRate) / frame.length;
    case 'spectralCentroid':
      return ((value ?? 0) * sampleRate) / frame.length;
    case 'spectralRolloff':
      // meyda takes the last of the N / 2 bins for half the sample rate, where it is one bin below it.
      return ((value ?? 0) * (frame.length - 2)) / frame.length;
    default:
      return value ?? 0;
  }
}
