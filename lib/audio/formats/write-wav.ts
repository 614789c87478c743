/** Writes WAV, by wavefile. */
import { WaveFile } from 'wavefile';
import type { Signal } from '../signal';

/**
 * A signal as a 16-bit PCM WAV file, mono.
 *
 * Amplitudes are multiplied by 32,768 and rounded, so that samples read from a 16-bit file come out the same; beyond
 * full scale they are clipped, as the format cannot hold more.
 *
 * @throws RangeError if the signal is empty or holds a value that is not a number
 */
export function encodeWav(signal: Signal): Uint8Array {
  if (signal.samples.length === 0) throw new RangeError('encodeWav: the signal must have samples, got none');
  const samples = Int16Array.from(signal.samples, (value) => {
    if (Number.isNaN(value)) throw new RangeError('encodeWav: samples must be numbers, got NaN');
    return Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768)));
  });
  const file = new WaveFile();
  file.fromScratch(1, signal.sampleRate, '16', samples);
  return file.toBuffer();
}
