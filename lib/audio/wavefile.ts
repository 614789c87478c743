/** The door to wavefile: writes 16-bit WAV, and reads the encodings that `decodeWav` does not read itself. */
import { WaveFile } from 'wavefile';

/** Samples of every channel, from −1 to 1. */
export interface Channels {
  channels: Float32Array[];
  /** Hertz. */
  sampleRate: number;
}

/** How to expand each compressed encoding, by its number in the format chunk. */
const EXPAND: Record<number, (file: WaveFile) => void> = {
  1: () => {},
  3: () => {},
  6: (file) => file.fromALaw(),
  7: (file) => file.fromMuLaw(),
  17: (file) => file.fromIMAADPCM(),
};

/**
 * Any WAV that wavefile knows, A-law, µ-law and IMA ADPCM among them.
 *
 * @throws Error in wavefile's words
 */
export function decodeWithWavefile(bytes: Uint8Array): Channels {
  const file = new WaveFile(bytes);
  const { sampleRate, audioFormat } = file.fmt as { sampleRate: number; audioFormat: number };
  const expand = EXPAND[audioFormat];
  if (!expand) throw new Error(`encoding ${audioFormat}`);
  expand(file);
  file.toBitDepth('32f');
  const samples = file.getSamples(false, Float32Array) as unknown as Float32Array | Float32Array[];
  return { channels: Array.isArray(samples) ? samples : [samples], sampleRate };
}

/** One channel of 16-bit samples as the bytes of a WAV file. */
export function encodeWithWavefile(samples: Int16Array, sampleRate: number): Uint8Array {
  const file = new WaveFile();
  file.fromScratch(1, sampleRate, '16', samples);
  return file.toBuffer();
}
