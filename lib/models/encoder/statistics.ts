/** Statistics of the pretrained encoder's states over a recording: the input of linear models. */
import { atPlaybackSpeeds } from '../../audio/effects/speeds';
import { loadAudio } from '../../audio/load';
import type { Signal } from '../../audio/signal';
import { concatenate } from '../../features/matrix';
import type { FeatureMatrix } from '../../features/mel/mfcc';
import { type ClipArrayOptions, computeClipArrays, type RecordingStore } from '../../features/store/clip-arrays';
import { lstmStates } from '../../layers/kernels/lstm';
import { tf } from '../../tensorflow';
import type { ClipVectors } from '../vector-ensemble';
import { ENCODER, ENCODER_STATISTICS } from './settings';
import { atEncoderLevel, encoderSpectrogram } from './spectrogram';
import type { EncoderWeights } from './weights';

/** Of each layer: mean and deviation of the hidden state, then of the cell state, each of 256 units. */
export const ENCODER_FEATURES = ENCODER.layers * 4 * ENCODER.units;

/** Least variance; below it rounding is all that is left. */
const LEAST_VARIANCE = 1e-8;

/** Recordings in a batch of `encoderVectors`; more take memory without a gain in speed. */
const BATCH = 16;

/** The pretrained layers, ready to run. Owns tensors: dispose it. */
export class SpeechEncoder {
  private readonly layers: { kernel: tf.Tensor2D; recurrent: tf.Tensor2D; bias: tf.Tensor1D }[];

  constructor(readonly weights: EncoderWeights) {
    const gates = 4 * ENCODER.units;
    this.layers = weights.map(({ kernel, recurrent, bias }) => ({
      kernel: tf.tensor2d(kernel, [kernel.length / gates, gates]),
      recurrent: tf.tensor2d(recurrent, [ENCODER.units, gates]),
      bias: tf.tensor1d(bias),
    }));
  }

  /**
   * Mean and standard deviation over the frames of every unit's states.
   *
   * @param spectrograms as `encoderSpectrogram` gives them, of any number of frames
   * @returns [spectrograms × 3,072]
   */
  statistics(spectrograms: readonly FeatureMatrix[]): Float32Array {
    const { bands } = ENCODER;
    const [rows, longest] = [spectrograms.length, Math.max(...spectrograms.map(({ frames }) => frames))];
    const values = new Float32Array(longest * rows * bands);
    const present = new Float32Array(longest * rows);
    for (const [row, spectrogram] of spectrograms.entries()) {
      for (let frame = 0; frame < spectrogram.frames; frame++) {
        const place = frame * rows + row;
        values.set(spectrogram.values.subarray(frame * bands, (frame + 1) * bands), place * bands);
        present[place] = 1;
      }
    }
    return tf.tidy(() => {
      const mask = tf.tensor3d(present, [longest, rows, 1]);
      const frames = tf.sum(mask, 0);
      let input = tf.tensor3d(values, [longest, rows, bands]);
      const found = this.layers.flatMap((layer) => {
        const { hidden, cell } = lstmStates({ input, ...layer });
        input = hidden;
        return [hidden, cell].flatMap((states) => {
          const seen = tf.mul(states, mask);
          const mean = tf.div(tf.sum(seen, 0), frames);
          const variance = tf.sub(tf.div(tf.sum(tf.mul(seen, states), 0), frames), tf.square(mean));
          return [mean, tf.sqrt(tf.maximum(variance, LEAST_VARIANCE))];
        });
      });
      return tf.concat(found, 1).dataSync<'float32'>();
    });
  }

  dispose(): void {
    tf.dispose(this.layers.flatMap((layer) => Object.values(layer)));
  }
}

/** Input of the encoder: the first 3 s after the silence, at each playback speed. */
function soundsAtSpeeds(signal: Signal, speeds: readonly number[]): Float32Array[] {
  const { sampleRate, hopLength } = ENCODER;
  const { frames, trimDecibels } = ENCODER_STATISTICS;
  const played = atPlaybackSpeeds(signal, { speeds, sampleRate, trimDecibels });
  return Array.from(played, ({ signal: { samples } }) => samples.subarray(0, frames * hopLength));
}

function spectrogramOf(samples: Float32Array): FeatureMatrix {
  const { frames, coefficients, values } = encoderSpectrogram(atEncoderLevel(samples));
  const used = Math.min(frames, ENCODER_STATISTICS.frames);
  return { frames: used, coefficients, values: values.subarray(0, used * coefficients) };
}

/**
 * Statistics of recordings at several playback speeds, in large batches, which is faster than one by one.
 *
 * @param signals at any sample rates
 * @returns of each recording [speeds × 3,072]
 * @throws RangeError if a signal is empty
 */
export function encoderVectors(
  encoder: SpeechEncoder,
  signals: readonly Signal[],
  speeds: readonly number[],
): Float32Array[] {
  const size = speeds.length * ENCODER_FEATURES;
  const found: Float32Array[] = [];
  for (let first = 0; first < signals.length; first += BATCH) {
    const group = signals.slice(first, first + BATCH);
    const values = encoder.statistics(group.flatMap((signal) => soundsAtSpeeds(signal, speeds).map(spectrogramOf)));
    found.push(...group.map((_, index) => values.subarray(index * size, (index + 1) * size)));
  }
  return found;
}

/** A file at all speeds, packed as [count, samples …] speed by speed, for `unpack`. */
export async function recordingSounds({ path }: { path: string }): Promise<Float32Array> {
  const sounds = soundsAtSpeeds(await loadAudio(path, { sampleRate: 'native' }), ENCODER_STATISTICS.speeds);
  return concatenate(sounds.flatMap((samples) => [Float32Array.of(samples.length), samples]));
}

function unpack(packed: Float32Array): Float32Array[] {
  const sounds: Float32Array[] = [];
  for (let place = 0; place < packed.length; place += 1 + packed[place]) {
    sounds.push(packed.subarray(place + 1, place + 1 + packed[place]));
  }
  return sounds;
}

/**
 * The vectors of a store's clips, kept beside its features as `computeClipArrays` does.
 *
 * @throws SerError `bad-audio` naming the first recording that cannot be read
 */
export async function computeEncoderVectors(
  store: RecordingStore,
  weights: EncoderWeights,
  options: ClipArrayOptions = {},
): Promise<ClipVectors> {
  const versions = ENCODER_STATISTICS.speeds.length;
  const encoder = new SpeechEncoder(weights);
  const size = versions * ENCODER_FEATURES;
  const kind = {
    name: 'encoder-statistics',
    settings: { ...ENCODER, ...ENCODER_STATISTICS },
    size,
    compute: { file: __filename, name: 'recordingSounds' },
    finish: (clips: Float32Array[]) => {
      const values = encoder.statistics(clips.flatMap(unpack).map(spectrogramOf));
      return clips.map((_, clip) => values.subarray(clip * size, (clip + 1) * size));
    },
  };
  try {
    return { values: await computeClipArrays(store, kind, options), versions, features: ENCODER_FEATURES };
  } finally {
    encoder.dispose();
  }
}
