/** The numbers behind a WAV file's bytes. */
import { bytesAt, floatsAt, kernels, type Pointer } from '../simd';
import type { WavFormat } from './wav-header';

/** Reader of one encoding. */
export interface SampleReader {
  /** Bytes per sample. */
  readonly bytes: number;
  /** True if a sample may be infinite or not a number. */
  readonly floating: boolean;
  /** The mean of interleaved channels, from the kernels' memory into it. */
  mix(place: Pointer, channels: number, frames: number, out: Pointer): void;
}

/** Reads a sample from −1 to 1 at a place in the bytes. */
type Read = (view: DataView, at: number, isLittle: boolean) => number;

/** Readers by encoding, then bytes. Samples of fewer bits than their bytes hold fill the upper bits. */
const READERS: Record<number, Record<number, Read>> = {
  1: {
    1: (view, at) => (view.getUint8(at) - 128) / 128,
    2: (view, at, isLittle) => view.getInt16(at, isLittle) / 2 ** 15,
    3: (view, at, isLittle) =>
      (view.getInt8(isLittle ? at + 2 : at) * 2 ** 16 + view.getUint16(isLittle ? at : at + 1, isLittle)) / 2 ** 23,
    4: (view, at, isLittle) => view.getInt32(at, isLittle) / 2 ** 31,
  },
  3: {
    4: (view, at, isLittle) => view.getFloat32(at, isLittle),
    8: (view, at, isLittle) => view.getFloat64(at, isLittle),
  },
  6: { 1: (view, at) => expandALaw(view.getUint8(at)) },
  7: { 1: (view, at) => expandMuLaw(view.getUint8(at)) },
};

/** ITU-T G.711: a sign, an exponent of three bits and a mantissa of four, every second bit inverted. */
function expandALaw(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 15) << 4) + 8;
  const size = exponent === 0 ? mantissa : (mantissa + 256) << (exponent - 1);
  return (bits & 0x80 ? size : -size) / 2 ** 15;
}

/** ITU-T G.711: as A-law with all bits inverted and an offset of 132 in place of the linear part. */
function expandMuLaw(code: number): number {
  const bits = ~code;
  const size = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
  return (bits & 0x80 ? -size : size) / 2 ** 15;
}

/**
 * The reader of an encoding whose samples stand side by side; undefined for others.
 *
 * @param isRaised whether samples of fewer bits than their bytes hold fill the upper bits, not the lower ones of 4 bytes
 */
export function sampleReader(format: WavFormat, bytes: number, isRaised = true): SampleReader | undefined {
  const { encoding, bits, bigEndian } = format;
  const floating = encoding === 3;
  if (encoding === 1 && bytes === 2 && !bigEndian) return { bytes, floating, mix: kernels.mix16 };
  const raised: Read | undefined = READERS[encoding]?.[bytes];
  if (!raised) return undefined;
  const read: Read = isRaised ? raised : (view, at, isLittle) => (view.getInt32(at, isLittle) << (32 - bits)) / 2 ** 31;
  const mix: SampleReader['mix'] = (place, channels, frames, out) => {
    const { buffer, byteOffset, length } = bytesAt(place, frames * channels * bytes);
    const view = new DataView(buffer, byteOffset, length);
    const samples = floatsAt(out, frames);
    for (let frame = 0, at = 0; frame < frames; frame++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++, at += bytes) sum += read(view, at, !bigEndian);
      samples[frame] = sum / channels;
    }
  };
  return { bytes, floating, mix };
}
