/** Zero-crossing rate: low for voiced sounds, high for hisses. */
import { type FrameOptions, framesOf } from '../../audio/rms';
import type { Signal } from '../../audio/signal';
import { frameCount } from '../../audio/transform/stft';

/** Amplitudes up to this, either way, count as zero. */
const THRESHOLD = 1e-10;

/**
 * The share of a frame's samples whose sign differs from that of the sample before; zero counts as positive.
 *
 * Frames are centred; the first and last samples are repeated beyond the ends.
 *
 * @returns one value per frame, from 0 to 1; a sine of f hertz gives 2 f / sampleRate
 * @throws RangeError if the signal is empty or an option is out of its range
 * @see agrees with librosa.feature.zero_crossing_rate (spectral.test.ts)
 */
export function zeroCrossingRate(signal: Signal, options: FrameOptions = {}): Float32Array {
  const { frameLength, hopLength } = framesOf('zeroCrossingRate', signal, options);
  const { samples } = signal;
  // crossings[n] counts those at samples 1 … n, so that a frame's count is a difference.
  const crossings = new Uint32Array(samples.length);
  let negative = samples[0] < -THRESHOLD;
  for (let n = 1; n < samples.length; n++) {
    const now = samples[n] < -THRESHOLD;
    crossings[n] = crossings[n - 1] + (now === negative ? 0 : 1);
    negative = now;
  }
  const last = samples.length - 1;
  return Float32Array.from({ length: frameCount(samples.length, hopLength) }, (_, frame) => {
    const start = frame * hopLength - Math.floor(frameLength / 2);
    const from = Math.min(last, Math.max(0, start));
    const to = Math.min(last, Math.max(0, start + frameLength - 1));
    return (crossings[to] - crossings[from]) / frameLength;
  });
}
