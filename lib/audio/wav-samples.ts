/** The numbers behind a WAV file's bytes. */
import os from 'node:os';
import type { WavFormat } from './wav-header';

/** Interleaved numbers, and what to multiply them by to come to −1 … 1. */
interface Numbers {
  values: ArrayLike<number>;
  scale: number;
}

/** How one encoding is read. */
export interface SampleReader {
  /** Bytes per sample. */
  bytes: number;
  read(bytes: Buffer): Numbers;
}

const PCM = 1;
const FLOAT = 3;
const A_LAW = 6;
const MU_LAW = 7;

/** The reader of an encoding whose samples stand side by side; undefined for others. */
export function sampleReader({ encoding, bits, bigEndian }: WavFormat): SampleReader | undefined {
  // Samples of 20 bits and the like fill the upper bits of whole bytes.
  const bytes = Math.ceil(bits / 8);
  const swap = bigEndian !== (os.endianness() === 'BE');
  if (encoding === A_LAW && bytes === 1) return lookUp(A_LAW_VALUES);
  if (encoding === MU_LAW && bytes === 1) return lookUp(MU_LAW_VALUES);
  if (encoding === PCM && bytes === 1) return lookUp(UNSIGNED_VALUES);
  if (encoding === PCM && bytes === 2) {
    return { bytes, read: (block) => ({ values: new Int16Array(...aligned(block, 2, swap)), scale: 2 ** -15 }) };
  }
  if (encoding === PCM && bytes === 3) {
    return { bytes, read: (block) => ({ values: expand24(block, bigEndian), scale: 2 ** -23 }) };
  }
  if (encoding === PCM && bytes === 4) {
    return { bytes, read: (block) => ({ values: new Int32Array(...aligned(block, 4, swap)), scale: 2 ** -31 }) };
  }
  if (encoding === FLOAT && bits === 32) {
    return { bytes, read: (block) => ({ values: new Float32Array(...aligned(block, 4, swap)), scale: 1 }) };
  }
  if (encoding === FLOAT && bits === 64) {
    return { bytes, read: (block) => ({ values: new Float64Array(...aligned(block, 8, swap)), scale: 1 }) };
  }
  return undefined;
}

/** The mean of interleaved channels, written to `samples` from `at` on. */
export function mixInterleaved(
  { values, scale }: Numbers,
  channels: number,
  samples: Float32Array,
  at: number,
  frames: number,
): void {
  if (channels === 1) {
    for (let i = 0; i < frames; i++) samples[at + i] = values[i] * scale;
    return;
  }
  for (let i = 0, k = 0; i < frames; i++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += values[k++];
    samples[at + i] = (sum * scale) / channels;
  }
}

/** Where a typed array of whole samples may lie: the bytes themselves, or a copy where the machine needs one. */
function aligned(block: Buffer, bytes: 2 | 4 | 8, swap: boolean): [ArrayBuffer, number, number] {
  const length = Math.floor(block.length / bytes);
  let buffer = block;
  if (swap || block.byteOffset % bytes !== 0) {
    buffer = Buffer.allocUnsafeSlow(length * bytes);
    block.copy(buffer, 0, 0, length * bytes);
    if (swap) ({ 2: () => buffer.swap16(), 4: () => buffer.swap32(), 8: () => buffer.swap64() })[bytes]();
  }
  return [buffer.buffer as ArrayBuffer, buffer.byteOffset, length];
}

function expand24(block: Buffer, bigEndian: boolean): Int32Array {
  const values = new Int32Array(Math.floor(block.length / 3));
  const [low, high] = bigEndian ? [2, 0] : [0, 2];
  for (let i = 0, k = 0; i < values.length; i++, k += 3) {
    values[i] = ((block[k + high] << 24) >> 8) | (block[k + 1] << 8) | block[k + low];
  }
  return values;
}

function lookUp(table: Float32Array): SampleReader {
  const read = (block: Buffer): Numbers => {
    const values = new Float32Array(block.length);
    for (let i = 0; i < values.length; i++) values[i] = table[block[i]];
    return { values, scale: 1 };
  };
  return { bytes: 1, read };
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
