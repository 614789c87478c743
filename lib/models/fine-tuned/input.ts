/** Input of the encoder network: 3 s of a recording, without the silence at its ends, at several playback speeds. */
import { atPlaybackSpeeds } from '../../audio/effects/speeds';
import { loadAudio } from '../../audio/load';
import type { Signal } from '../../audio/signal';
import { concatenate } from '../../features/matrix';
import { type ClipArrayOptions, computeClipArrays } from '../../features/store/clip-arrays';
import type { FeatureStore } from '../../features/store/store';
import { ENCODER } from '../encoder/settings';
import { atEncoderLevel, encoderSpectrogram } from '../encoder/spectrogram';
import { ENCODER_COLUMNS } from './network';
import { ENCODER_INPUT } from './settings';

/** Numbers of one recording at one speed. */
const SIZE = ENCODER_INPUT.frames * ENCODER_COLUMNS;
const SAMPLES = ENCODER_INPUT.frames * ENCODER.hopLength;

/** A recording at one playback speed. */
interface Played {
  /** At 16 kHz, without silence at the ends, at most 3 s. */
  samples: Float32Array;
  /** Root mean square at the original speed, in decibels below full scale. */
  level: number;
}

/** A recording at several playback speeds, as input of the encoder. */
function soundsAtSpeeds(signal: Signal, speeds: readonly number[]): Played[] {
  const { sampleRate } = ENCODER;
  const { trimDecibels } = ENCODER_INPUT;
  const [{ signal: original }, ...played] = atPlaybackSpeeds(signal, {
    speeds: [1, ...speeds],
    sampleRate,
    trimDecibels,
  });
  const power = original.samples.reduce((sum, value) => sum + value * value, 0) / original.samples.length;
  const level = 10 * Math.log10(power + 1e-18);
  return played.map(({ signal: { samples } }) => ({ samples: samples.subarray(0, SAMPLES), level }));
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
  return concatenate(soundsAtSpeeds(signal, speeds).map(rowOf));
}

/** A file at all speeds, packed as [level, count, samples …] speed by speed, for `unpack`. */
export async function recordingSounds({ path }: { path: string }): Promise<Float32Array> {
  const played = soundsAtSpeeds(await loadAudio(path, { sampleRate: 'native' }), ENCODER_INPUT.speeds);
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
    finish: (clips: Float32Array[]) => clips.map((packed) => concatenate(unpack(packed).map(rowOf))),
  };
  return { values: await computeClipArrays(store, kind, options), size: SIZE, speeds };
}
