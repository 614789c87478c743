/** Faults of recordings that make predictions unreliable. */
import { rms } from '../audio/rms';
import type { Signal } from '../audio/signal';
import { forEachSpectrum } from '../audio/transform/stft';

/** Bounds of `recordingFaults`, set by ear and by the range of the training clips. */
export const QUALITY = {
  /** Seconds; RAVDESS speaks each sentence in 1 s or more. */
  shortest: 1,
  /** Seconds; RAVDESS clips last 2.9 to 5.3 s. */
  longest: 8,
  /** Decibels of full scale of the loudest frame; the faintest RAVDESS clips stay above it. */
  quietest: -56,
  /** Share of samples at full scale that is audible as distortion. */
  clipped: 0.001,
  /** Share of samples at full scale at which little of the voice is left. */
  clippedThroughout: 0.1,
  /** Hertz that a voice's fricatives need; telephones end at 3,400. */
  bandwidth: 5_000,
  /** Decibels below the strongest band at which a band counts as empty. */
  emptyBand: -75,
  /** Decibels below the loudest frame at which nobody speaks. */
  pause: -40,
  /** Seconds without a voice that training clips never have in the middle of speech. */
  longestPause: 2.5,
  /** Seconds without a voice that training clips never have before or after speech. */
  longestMargin: 3,
} as const;

/** One fault, and the value that shows it. */
export interface RecordingFault {
  kind:
    | 'too-short'
    | 'too-long'
    | 'silent'
    | 'quiet'
    | 'overloaded'
    | 'clipped'
    | 'band-limited'
    | 'pauses'
    | 'damaged';
  /** Message with the measured value. */
  message: string;
  /** Present if the recording is unusable for a prediction, so that none may be `sure`. */
  severe?: true;
}

/** Measurements that faults are derived from. Streams are measured block by block. */
export interface QualityMeasures {
  seconds: number;
  /** Decibels of full scale of the loudest frame, without a constant offset. */
  loudest: number;
  /** Largest amplitude, ≥ 0; 1 is full scale. */
  peak: number;
  /** Share of the samples that stand in flat tops at full scale, from 0 to 1. */
  clipped: number;
  /** Hertz of the highest band that is not empty. */
  bandwidth: number;
}

/**
 * The faults of a recording of speech, worst first; none for a good one.
 *
 * @param signal at its own sample rate, or any other: only what is in it can be measured
 * @throws RangeError if the signal is empty
 */
export function recordingFaults(signal: Signal): RecordingFault[] {
  const { levels, ...measures } = measureQuality(signal);
  const { loudest } = measures;
  const bandwidth = Math.min(measures.bandwidth, signal.sampleRate / 2);
  const faults = [...damageFaults(signal.damage), ...faultsOf({ ...measures, bandwidth })];
  if (loudest < SILENCE) return faults;
  const [before, pause, after] = pausesOf(levels, loudest).map((frames) => (frames * measures.seconds) / levels.length);
  for (const [length, bound, where] of [
    [pause, QUALITY.longestPause, 'between words'],
    [before, QUALITY.longestMargin, 'before the first word'],
    [after, QUALITY.longestMargin, 'after the last word'],
  ] as const) {
    if (length > bound) faults.push(fault('pauses', `${length.toFixed(1)} s without a voice ${where}`));
  }
  return faults;
}

/**
 * Level, clipping and bandwidth of a recording, or of a stretch of one, and the level of each frame.
 *
 * @throws RangeError if the signal is empty
 */
export function measureQuality(signal: Signal): QualityMeasures & { levels: Float32Array } {
  const sound = centred(signal);
  const levels = rms(sound);
  const seconds = sound.samples.length / sound.sampleRate;
  return { seconds, loudest: highest(levels), ...amplitudes(signal.samples), bandwidth: bandwidthOf(sound), levels };
}

/** The measures of two stretches as those of both. */
export function joinMeasures(one: QualityMeasures, other: QualityMeasures): QualityMeasures {
  const seconds = one.seconds + other.seconds;
  return {
    seconds,
    loudest: Math.max(one.loudest, other.loudest),
    peak: Math.max(one.peak, other.peak),
    clipped: (one.clipped * one.seconds + other.clipped * other.seconds) / seconds,
    bandwidth: Math.max(one.bandwidth, other.bandwidth),
  };
}

/** Faults derived from measurements. */
export function faultsOf({ seconds, loudest, peak, clipped, bandwidth }: QualityMeasures): RecordingFault[] {
  if (loudest < SILENCE) {
    return [fault('silent', `silent: the loudest moment is below ${SILENCE} dB of full scale`, { severe: true })];
  }
  const found: RecordingFault[] = [];
  if (loudest > 0 && peak > 1) {
    const message = `overloaded: ${loudest.toFixed(0)} dB above full scale, typical of a file that was decoded incorrectly`;
    found.push(fault('overloaded', message, { severe: true }));
  }
  if (loudest < QUALITY.quietest) {
    found.push(fault('quiet', `very quiet: at most ${loudest.toFixed(0)} dB of full scale; speak up or move closer`));
  }
  if (clipped > QUALITY.clipped) {
    const severe = clipped > QUALITY.clippedThroughout;
    const message = `clipped: ${(100 * clipped).toFixed(1)} % of the samples are at full scale`;
    found.push(fault('clipped', message, severe ? { severe } : {}));
  }
  if (seconds < QUALITY.shortest) {
    const message = `short: ${seconds.toFixed(2)} s; the model was trained on sentences of 1 s and more`;
    found.push(fault('too-short', message, { severe: true }));
  }
  if (seconds > QUALITY.longest) {
    const message = `long: ${seconds.toFixed(1)} s; the model was trained on clips of 3 to 5 s, so use the timeline`;
    found.push(fault('too-long', message));
  }
  if (bandwidth < QUALITY.bandwidth) {
    const message = `band-limited: nothing above ${Math.round(bandwidth)} Hz, as on a telephone; consonants are lost`;
    found.push(fault('band-limited', message));
  }
  return found;
}

/** The fault of a recording that was not decoded whole. */
export function damageFaults(damage: string | undefined): RecordingFault[] {
  return damage === undefined ? [] : [fault('damaged', damage)];
}

/**
 * Decibels of full scale of a recording's loudest frame, without a constant offset.
 *
 * @throws RangeError if the signal is empty
 */
export function loudestLevel(signal: Signal): number {
  return highest(rms(centred(signal)));
}

/** Decibels of full scale below which nobody speaks in a recording with this loudest level. */
export function voiceFloor(loudest: number): number {
  return Math.max(SILENCE, loudest + QUALITY.pause);
}

/** Decibels of full scale below which a recording counts as silence. */
const SILENCE = -70;
/** Amplitude that counts as full scale; 16 bits end at 0.99997, and MP3 rounds. */
const FULL_SCALE = 0.998;
/** Neighbours at full scale that make a flat top: a single peak may touch it. */
const FLAT = 3;
/** Mean amplitude that changes no level: a tenth of silence. */
const LEAST_OFFSET = 10 ** (SILENCE / 20) / 10;

const fault = (kind: RecordingFault['kind'], message: string, severity: { severe?: true } = {}): RecordingFault => ({
  kind,
  message,
  ...severity,
});
/** Decibels of the loudest frame. */
const highest = (levels: Float32Array): number => decibels(levels.reduce((most, level) => Math.max(most, level), 0));
const decibels = (amplitude: number): number => 20 * Math.log10(Math.max(amplitude, 1e-10));

/** The signal without its mean: a constant offset, as cheap sound cards add, is no sound. */
function centred(signal: Signal): Signal {
  const { samples } = signal;
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i];
  const mean = sum / samples.length;
  return Math.abs(mean) < LEAST_OFFSET ? signal : { ...signal, samples: samples.map((sample) => sample - mean) };
}

/** The peak, and the share of the samples that stand in flat tops at full scale. */
function amplitudes(samples: Float32Array): Pick<QualityMeasures, 'peak' | 'clipped'> {
  let [peak, clipped, run] = [0, 0, 0];
  for (let i = 0; i < samples.length; i++) {
    const amplitude = Math.abs(samples[i]);
    if (amplitude > peak) peak = amplitude;
    run = amplitude >= FULL_SCALE ? run + 1 : 0;
    if (run === FLAT) clipped += FLAT;
    else if (run > FLAT) clipped++;
  }
  return { peak, clipped: clipped / samples.length };
}

/** Frames before the first voice, of the longest pause between voices, and after the last one. */
function pausesOf(levels: Float32Array, loudest: number): [before: number, longest: number, after: number] {
  let [before, longest, last] = [0, 0, -1];
  levels.forEach((level, frame) => {
    if (decibels(level) < loudest + QUALITY.pause) return;
    if (last < 0) before = frame;
    else longest = Math.max(longest, frame - last - 1);
    last = frame;
  });
  return [before, longest, levels.length - 1 - last];
}

/** The highest frequency, in hertz, whose third of an octave is not empty beside the strongest one. */
function bandwidthOf(signal: Signal): number {
  const fftLength = 2048;
  const power = new Float64Array(fftLength / 2 + 1);
  forEachSpectrum(signal.samples, { fftLength, hopLength: fftLength }, (_, real, imaginary) => {
    for (let bin = 0; bin < power.length; bin++) power[bin] += real[bin] ** 2 + imaginary[bin] ** 2;
  });
  const bands: { high: number; density: number }[] = [];
  for (let low = 4; low < power.length - 1; ) {
    const end = Math.min(power.length, Math.max(low + 1, Math.round(low * 2 ** (1 / 3))));
    let sum = 0;
    for (let bin = low; bin < end; bin++) sum += power[bin];
    bands.push({ high: end, density: sum / (end - low) });
    low = end;
  }
  const strongest = bands.reduce((most, { density }) => Math.max(most, density), 0);
  const last = bands.filter(({ density }) => 10 * Math.log10(density / strongest) > QUALITY.emptyBand).at(-1);
  return ((last?.high ?? 0) * signal.sampleRate) / fftLength;
}
