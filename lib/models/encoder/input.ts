/** Input of the encoder network: 3 s of a recording, without the silence at its ends, at several playback speeds. */
import { trim } from '../../audio/effects/trim';
import { loadAudio } from '../../audio/load';
import { resample } from '../../audio/resample/resample';
import type { Signal } from '../../audio/signal';
import { concatenate } from '../../features/matrix';
import { type ClipArrayOptions, computeClipArrays } from '../../features/store/clip-arrays';
import type { FeatureStore } from '../../features/store/store';
import { ENCODER_COLUMNS } from './network';
import { ENCODER, ENCODER_INPUT } from './settings';
import { atEncoderLevel, encoderSpectrogram } from './spectrogram';

/** Numbers of one recording at one speed. */
const SIZE = ENCODER_INPUT.frames * ENCODER_COLUMNS;
const SAMPLES = ENCODER_INPUT.frames * ENCODER.hopLength;

/** A recording at one playback speed. */
interface Played {
  /** At 16 kHz, without silence at the ends, at most 3 s. */
  samples: Float32Array;
  /** Root mean square of the whole recording without that silence, in decibels below full scale. */
  level: number;
}

/**
 * A recording at several playback speeds, as input of the encoder.
 *
 * @param signal at any sample rate
 * @throws RangeError if the signal is empty
 */
function playedAt(signal: Signal, speeds: readonly number[]): Played[] {
  const { sampleRate } = ENCODER;
  const original = resample(signal, sampleRate);
  const { signal: trimmed, start, end } = trim(original, { topDb: ENCODER_INPUT.trimDecibels });
  const sounding = trimmed.samples.length > 0 ? trimmed.samples : original.samples;
  const power = sounding.reduce((sum, value) => sum + value * value, 0) / sounding.length;
  const level = 10 * Math.log10(power + 1e-18);
  return speeds.map((speed) => {
    // Resampling to another rate and reading it as 16 kHz changes speed and pitch.
    const samples =
      speed === 1
        ? sounding
        : resample(signal, Math.round(sampleRate / speed)).samples.subarray(
            Math.round(start / speed),
            Math.max(Math.round(end / speed), Math.round(start / speed) + 1),
          );
    return { samples: samples.subarray(0, SAMPLES), level };
  });
}

/** Frames of mel bands, mask and level, filled up with zeros: [300 × 42]. */
function rowOf({ samples, level }: Played): Float32Array {
  const { bands } = ENCODER;
  const spectrogram = encoderSpectrogram(atEncoderLevel(samples));
  const frames = Math.min(spectrogram.frames, ENCODER_INPUT.frames);
  const row = new Float32Array(SIZE);
  for (let frame = 0; frame < ENCODER_INPUT.frames; frame++) {
    const start = frame * ENCODER_COLUMNS;
    if (frame < frames) {
      row.set(spectrogram.values.subarray(frame * bands, (frame + 1) * bands), start);
      row[start + bands] = 1;
    }
    row[start + bands + 1] = (level - ENCODER_INPUT.meanLevel) / ENCODER_INPUT.levelUnit;
  }
  return row;
}

/**
 * Inputs of a recording at several playback speeds.
 *
 * @param signal at any sample rate
 * @returns [speeds × 300 × 42]
 * @throws RangeError if the signal is empty
 */
export function encoderInputs(signal: Signal, speeds: readonly number[]): Float32Array {
  return concatenate(playedAt(signal, speeds).map(rowOf));
}

/** A file at all speeds, packed as [level, count, samples …] speed by speed, for `unpack`. */
export async function recordingSounds({ path }: { path: string }): Promise<Float32Array> {
  const played = playedAt(await loadAudio(path, { sampleRate: 'native' }), ENCODER_INPUT.speeds);
  return concatenate(played.flatMap(({ samples, level }) => [Float32Array.from([level, samples.length]), samples]));
}

function unpack(packed: Float32Array): Played[] {
  const found: Played[] = [];
  for (let place = 0; place < packed.length; ) {
    const [level, count] = packed.subarray(place, place + 2);
    found.push({ level, samples: packed.subarray(place + 2, place + 2 + count) });
    place += 2 + count;
  }
  return found;
}

/** The inputs of every clip of a corpus. */
export interface EncoderInputs {
  /** [clips × speeds × 300 × 42] */
  readonly values: Float32Array;
  /** Numbers of one clip at one speed. */
  readonly size: number;
  readonly speeds: number;
}

/**
 * The inputs of a store's clips, kept beside its features as `computeClipArrays` does.
 *
 * @throws SerError `bad-audio` naming the first recording that cannot be read
 */
export async function computeEncoderInputs(
  store: Pick<FeatureStore, 'manifest' | 'folder'>,
  options: ClipArrayOptions = {},
): Promise<EncoderInputs> {
  const speeds = ENCODER_INPUT.speeds.length;
  const kind = {
    name: 'encoder-inputs',
    settings: { ...ENCODER, ...ENCODER_INPUT },
    size: speeds * SIZE,
    compute: { file: __filename, name: 'recordingSounds' },
    finish: (packed: Float32Array) => concatenate(unpack(packed).map(rowOf)),
  };
  return { values: await computeClipArrays(store, kind, options), size: SIZE, speeds };
}
