/** The door to wavefile, which writes 16-bit WAV. */
import { WaveFile } from 'wavefile';

/** One channel of 16-bit samples as the bytes of a WAV file. */
export function encodeWithWavefile(samples: Int16Array, sampleRate: number): Uint8Array {
  const file = new WaveFile();
  file.fromScratch(1, sampleRate, '16', samples);
  return file.toBuffer();
}
