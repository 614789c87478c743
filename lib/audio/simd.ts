/** The door to the WebAssembly kernels (simd/), and their memory. */
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from '../errors';

/** A place in the kernels' memory, in bytes. */
export type Pointer = number;

/** Half the samples of a frame, and the tables and work space of its transform. */
export type Frames = [half: number, window: Pointer, order: Pointer, cosines: Pointer, sines: Pointer, z: Pointer];

/** Exports of simd/, which describes each. */
export interface Kernels {
  mix16(bytes: Pointer, channels: number, frames: number, out: Pointer): void;
  convolve(
    length: number,
    cosines: Pointer,
    sines: Pointer,
    response: Pointer,
    z: Pointer,
    samples: Pointer,
    skip: number,
    step: number,
    out: Pointer,
  ): void;
  forward(isDouble: boolean, ...from: [...Frames, samples: Pointer, stride: number, re: Pointer, im: Pointer]): void;
  power(isDouble: boolean, ...from: [...Frames, samples: Pointer, stride: number, out: Pointer]): void;
  mel(
    isDouble: boolean,
    bands: number,
    filters: Pointer,
    weights: Pointer,
    spectrum: Pointer,
    out: Pointer,
    row: number,
    frames: number,
  ): void;
  decibels(count: number, values: Pointer): number;
  cosineTransform(
    frames: number,
    bands: number,
    coefficients: number,
    values: Pointer,
    floor: number,
    basis: Pointer,
    out: Pointer,
  ): void;
  polyphase(
    samples: Pointer,
    blocks: number,
    up: number,
    down: number,
    taps: number,
    bank: Pointer,
    starts: Pointer,
    out: Pointer,
  ): void;
  polar(
    bins: number,
    re: Pointer,
    im: Pointer,
    magnitude: Pointer,
    phasorRe: Pointer,
    phasorIm: Pointer,
    row: number,
  ): void;
  vocode(
    bins: number,
    steps: Pointer,
    magnitude: Pointer,
    phasorRe: Pointer,
    phasorIm: Pointer,
    phaseRe: Pointer,
    phaseIm: Pointer,
    block: Pointer,
    outRe: Pointer,
    outIm: Pointer,
  ): void;
  inverseAdd(...from: [...Frames, re: Pointer, im: Pointer, out: Pointer, hop: number]): void;
}

/** Bytes of all lanes together; everything is aligned to it. */
export const LANE_BYTES = 16;
/** Frames that the kernels work on at once, one in each lane: float32. */
export const LANES = 4;
/** The same for float64. */
export const LANES_64 = 2;
const PAGE = 65_536; // so 16,384 pages are 1 GiB

/** The part of the platform's WebAssembly that is used here; Node's types leave it out. */
interface WebAssemblyPlatform {
  Memory: new (limits: { initial: number; maximum: number }) => { buffer: ArrayBuffer; grow(pages: number): number };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
}
const platform = (globalThis as unknown as { WebAssembly: WebAssemblyPlatform }).WebAssembly;

const memory = reserve();
const wasm = fs.readFileSync(path.join(__dirname, 'simd', 'kernels.wasm'));
const instance = new platform.Instance(new platform.Module(wasm), { env: { memory, abort: () => {} } });

function reserve(): InstanceType<WebAssemblyPlatform['Memory']> {
  try {
    return new platform.Memory({ initial: 64, maximum: 16_384 });
  } catch (cause) {
    throw new SerError(
      'no-memory',
      `simd: WebAssembly needs 10 GB of addresses for each memory, got "${(cause as Error).message}"; raise the limit ` +
        '(ulimit -v unlimited), or set NODE_OPTIONS=--disable-wasm-trap-handler, with which it needs far less',
      { cause },
    );
  }
}

/** The compiled kernels. */
export const kernels = instance.exports as Kernels;

let kept = PAGE; // the first page is the kernels' own
let used = kept;

function take(bytes: number): Pointer {
  const place = used;
  used = place + Math.ceil(bytes / LANE_BYTES) * LANE_BYTES;
  const missing = used - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  return place;
}

/** Takes memory. */
export interface Scratch {
  /** So many bytes, with what was there before. */
  room(bytes: number): Pointer;
  /** So many float32 numbers, all 0. */
  floats(length: number): Pointer;
  /** So many float64 numbers, all 0. */
  doubles(length: number): Pointer;
}

/** Runs `work` with memory of its own, which is given back afterwards. Calls must not be nested. */
export function withScratch<T>(work: (scratch: Scratch) => T): T {
  const zeroed = (bytes: number): Pointer => {
    const place = take(bytes);
    new Uint8Array(memory.buffer, place, bytes).fill(0);
    return place;
  };
  used = kept;
  try {
    return work({ room: take, floats: (length) => zeroed(4 * length), doubles: (length) => zeroed(8 * length) });
  } finally {
    used = kept;
  }
}

/** Makes a function that keeps numbers for the life of the process; for tables. Not within `withScratch`. */
const keepAs =
  (bytes: number, viewAt: (place: Pointer, length: number) => Float32Array | Float64Array | Int32Array) =>
  (values: ArrayLike<number>): Pointer => {
    const place = keep(bytes * values.length);
    viewAt(place, values.length).set(values);
    return place;
  };
export const keepFloats = keepAs(4, floatsAt);
export const keepDoubles = keepAs(8, doublesAt);
export const keepIntegers = keepAs(4, integersAt);

/** Keeps so many bytes, with what was there before; likewise. */
export function keep(bytes: number): Pointer {
  used = kept;
  const place = take(bytes);
  kept = used;
  return place;
}

/** A view of float32 numbers; good until more memory is taken. */
export function floatsAt(place: Pointer, length: number): Float32Array {
  return new Float32Array(memory.buffer, place, length);
}

/** A view of bytes; good until more memory is taken. */
export function bytesAt(place: Pointer, length: number): Uint8Array {
  return new Uint8Array(memory.buffer, place, length);
}

/** A view of whole numbers; good until more memory is taken. */
export function integersAt(place: Pointer, length: number): Int32Array {
  return new Int32Array(memory.buffer, place, length);
}

/** A view of float64 numbers; good until more memory is taken. */
export function doublesAt(place: Pointer, length: number): Float64Array {
  return new Float64Array(memory.buffer, place, length);
}
