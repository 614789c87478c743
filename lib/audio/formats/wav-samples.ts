/** The numbers behind a WAV file's bytes. */
import os from 'node:os';
import { bytesAt, floatsAt, kernels, type Pointer } from '../simd';
import type { WavFormat } from './wav-header';

/** Interleaved numbers, and what to multiply them by to come to −1 … 1. */
interface Numbers {
  values: ArrayLike<number>;
  scale: number;
}

/** Reader of one encoding. */
export interface SampleReader {
  /** Bytes per sample. */
  readonly bytes: number;
  /** True if a sample may be infinite or not a number. */
  readonly floating: boolean;
  /** The mean of interleaved channels, from the kernels' memory into it. */
  mix(place: Pointer, channels: number, frames: number, out: Pointer): void;
}

const PCM = 1;
const FLOAT = 3;
const A_LAW = 6;
const MU_LAW = 7;

/**
 * The reader of an encoding whose samples stand side by side; undefined for others.
 *
 * @param isRaised whether samples of fewer bits than their bytes hold fill the upper bits, not the lower ones
 */
export function sampleReader(format: WavFormat, bytes: number, isRaised = true): SampleReader | undefined {
  const { encoding, bits, bigEndian } = format;
  const floating = encoding === FLOAT;
  if (encoding === PCM && bytes === 2 && !bigEndian) return { bytes, floating, mix: kernels.mix16 };
  const numbers = numbersOf(encoding, bytes, bits, bigEndian);
  const read = isRaised || !numbers ? numbers : lowered(numbers, 32 - bits);
  return (
    read && {
      bytes,
      floating,
      mix: (place, channels, frames, out) => {
        const values = read(Buffer.from(bytesAt(place, frames * channels * bytes).slice().buffer));
        mixInterleaved(values, channels, floatsAt(out, frames));
      },
    }
  );
}

/** Numbers in the lower bits of 4 bytes, whatever their upper bits hold. */
function lowered(read: (block: Buffer) => Numbers, shift: number): (block: Buffer) => Numbers {
  return (block) => {
    const { values, scale } = read(block);
    return { values: Int32Array.from(values, (value) => value << shift), scale };
  };
}

function numbersOf(
  encoding: number,
  bytes: number,
  bits: number,
  bigEndian: boolean,
): ((block: Buffer) => Numbers) | undefined {
  const swap = bigEndian !== (os.endianness() === 'BE');
  if (encoding === A_LAW && bytes === 1) return lookUp(A_LAW_VALUES);
  if (encoding === MU_LAW && bytes === 1) return lookUp(MU_LAW_VALUES);
  if (encoding === PCM && bytes === 1) return lookUp(UNSIGNED_VALUES);
  if (encoding === PCM && bytes === 2) {
    return (block) => ({ values: new Int16Array(...swapped(block, 2, swap)), scale: 2 ** -15 });
  }
  if (encoding === PCM && bytes === 3) return (block) => ({ values: expand24(block, bigEndian), scale: 2 ** -23 });
  if (encoding === PCM && bytes === 4) {
    return (block) => ({ values: new Int32Array(...swapped(block, 4, swap)), scale: 2 ** -31 });
  }
  if (encoding === FLOAT && bits === 32) {
    return (block) => ({ values: new Float32Array(...swapped(block, 4, swap)), scale: 1 });
  }
  if (encoding === FLOAT && bits === 64) {
    return (block) => ({ values: new Float64Array(...swapped(block, 8, swap)), scale: 1 });
  }
  return undefined;
}

/** The mean of interleaved channels. */
export function mixInterleaved({ values, scale }: Numbers, channels: number, samples: Float32Array): void {
  if (channels === 1) {
    for (let i = 0; i < samples.length; i++) samples[i] = values[i] * scale;
    return;
  }
  for (let i = 0, k = 0; i < samples.length; i++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += values[k++];
    samples[i] = (sum * scale) / channels;
  }
}

/** Puts the bytes of each number in this machine's order, in place; for the constructor of a typed array. */
function swapped(block: Buffer, bytes: 2 | 4 | 8, swap: boolean): [ArrayBuffer, number, number] {
  if (swap) ({ 2: () => block.swap16(), 4: () => block.swap32(), 8: () => block.swap64() })[bytes]();
  return [block.buffer as ArrayBuffer, block.byteOffset, block.length / bytes];
}

function expand24(block: Buffer, bigEndian: boolean): Int32Array {
  const values = new Int32Array(Math.floor(block.length / 3));
  const [low, high] = bigEndian ? [2, 0] : [0, 2];
  for (let i = 0, k = 0; i < values.length; i++, k += 3) {
    values[i] = ((block[k + high] << 24) >> 8) | (block[k + 1] << 8) | block[k + low];
  }
  return values;
}

function lookUp(table: Float32Array): (block: Buffer) => Numbers {
  return (block) => ({ values: Float32Array.from(block, (code) => table[code]), scale: 1 });
}

const UNSIGNED_VALUES = Float32Array.from({ length: 256 }, (_, code) => (code - 128) / 128);

/** ITU-T G.711: a sign, an exponent of three bits and a mantissa of four, every second bit inverted. */
const A_LAW_VALUES = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 15) << 4) + 8;
  const size = exponent === 0 ? mantissa : (mantissa + 256) << (exponent - 1);
  return (bits & 0x80 ? size : -size) / 32_768;
});

/** ITU-T G.711: as A-law with all bits inverted and an offset of 132 in place of the linear part. */
const MU_LAW_VALUES = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code;
  const size = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
  return (bits & 0x80 ? -size : size) / 32_768;
});
