/** What about a recording may lead a recogniser astray, told before anyone trusts its answer. */
import { rms } from './rms';
import type { Signal } from './signal';
import { forEachSpectrum } from './stft';

/** Bounds of `recordingFaults`. Each was set by ear and by what training clips are like. */
export const QUALITY = {
  /** Seconds; RAVDESS speaks each sentence in 1 s or more. */
  shortest: 1,
  /** Seconds; RAVDESS clips last 2.9 to 5.3 s. */
  longest: 8,
  /** Decibels of full scale of the loudest frame; the faintest RAVDESS clips stay above it. */
  quietest: -56,
  /** Share of samples at full scale that is heard as distortion. */
  clipped: 0.001,
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

/** What can be wrong with a recording. */
export type FaultKind = 'too-short' | 'too-long' | 'silent' | 'quiet' | 'clipped' | 'band-limited' | 'pauses';

/** One thing that is wrong, and what it was measured by. */
export interface RecordingFault {
  kind: FaultKind;
  /** A sentence for people, with the measured value. */
  message: string;
}

/**
 * What is wrong with a recording of speech, worst first; nothing for a good one.
 *
 * @param signal at its own sample rate, or any other: only what is in it can be judged
 * @param options.fileRate hertz of the file before any resampling; default the signal's
 * @throws RangeError if the signal is empty
 */
export function recordingFaults(signal: Signal, options: { fileRate?: number } = {}): RecordingFault[] {
  const { samples, sampleRate } = signal;
  const seconds = samples.length / sampleRate;
  const levels = rms(signal);
  const loudest = decibels(levels.reduce((most, level) => Math.max(most, level), 0));
  if (loudest < SILENCE) return [fault('silent', `nothing is to be heard: the loudest moment is below ${SILENCE} dB`)];

  const found: RecordingFault[] = [];
  if (loudest < QUALITY.quietest) {
    found.push(fault('quiet', `very quiet: ${loudest.toFixed(0)} dB of full scale at most; speak up or move closer`));
  }
  const clipped = clippedShare(samples);
  if (clipped > QUALITY.clipped) {
    found.push(fault('clipped', `overdriven: ${(100 * clipped).toFixed(1)} % of the samples are at full scale`));
  }
  if (seconds < QUALITY.shortest) {
    found.push(fault('too-short', `short: ${seconds.toFixed(2)} s; the model learned from sentences of 1 s and more`));
  }
  if (seconds > QUALITY.longest) {
    const message = `long: ${seconds.toFixed(1)} s; the model learned from clips of 3 to 5 s, so look at the timeline`;
    found.push(fault('too-long', message));
  }
  const [before, pause, after] = pausesOf(levels, loudest).map((frames) => frames * (seconds / levels.length));
  for (const [length, bound, where] of [
    [pause, QUALITY.longestPause, 'between words'],
    [before, QUALITY.longestMargin, 'before the first word'],
    [after, QUALITY.longestMargin, 'after the last word'],
  ] as const) {
    if (length > bound) found.push(fault('pauses', `${length.toFixed(1)} s without a voice ${where}`));
  }
  const bandwidth = Math.min(bandwidthOf(signal), (options.fileRate ?? sampleRate) / 2);
  if (bandwidth < QUALITY.bandwidth) {
    const message = `band-limited: nothing above ${Math.round(bandwidth)} Hz, as on a telephone; consonants are lost`;
    found.push(fault('band-limited', message));
  }
  return found;
}

/**
 * Decibels of full scale of a recording's loudest frame.
 *
 * @throws RangeError if the signal is empty
 */
export function loudestLevel(signal: Signal): number {
  return decibels(rms(signal).reduce((most, level) => Math.max(most, level), 0));
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

const fault = (kind: FaultKind, message: string): RecordingFault => ({ kind, message });
const decibels = (amplitude: number): number => 20 * Math.log10(Math.max(amplitude, 1e-10));

/** Share of the samples that stand in flat tops at full scale. */
function clippedShare(samples: Float32Array): number {
  let [clipped, run] = [0, 0];
  for (let i = 0; i < samples.length; i++) {
    run = samples[i] >= FULL_SCALE || samples[i] <= -FULL_SCALE ? run + 1 : 0;
    if (run === FLAT) clipped += FLAT;
    else if (run > FLAT) clipped++;
  }
  return clipped / samples.length;
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
