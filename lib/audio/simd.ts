/** The door to the WebAssembly kernels (simd/): their memory, and the tables of a transform. */
import fs from 'node:fs';
import path from 'node:path';
import { RealFft } from './fft';
import { frameWindow, type WindowShape } from './window';

/** A place in the kernels' memory, in bytes. */
export type Pointer = number;

/** The kernel of spectra. */
type Forward = (
  half: number,
  window: Pointer,
  order: Pointer,
  cosines: Pointer,
  sines: Pointer,
  z: Pointer,
  samples: Pointer,
  stride: number,
  outRe: Pointer,
  outIm: Pointer,
) => void;

/** The kernel of power spectra; `power32` takes float32 in four lanes, `power64` float64 in two. */
type Power = (
  half: number,
  window: Pointer,
  order: Pointer,
  cosines: Pointer,
  sines: Pointer,
  z: Pointer,
  samples: Pointer,
  stride: number,
  out: Pointer,
) => void;
/** The kernel of mel bands; `mel32` takes float32 in four lanes, `mel64` float64 in two. */
type Mel = (
  bands: number,
  filters: Pointer,
  weights: Pointer,
  spectrum: Pointer,
  out: Pointer,
  row: number,
  frames: number,
) => void;

/** What simd/ exports; it describes each. */
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
  forward64: Forward;
  power32: Power;
  power64: Power;
  mel32: Mel;
  mel64: Mel;
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
    mix: number,
    here: number,
    row: number,
    magnitude: Pointer,
    phasorRe: Pointer,
    phasorIm: Pointer,
    phaseRe: Pointer,
    phaseIm: Pointer,
    outRe: Pointer,
    outIm: Pointer,
  ): void;
  inverseAdd(
    half: number,
    window: Pointer,
    order: Pointer,
    cosines: Pointer,
    sines: Pointer,
    z: Pointer,
    spectrumRe: Pointer,
    spectrumIm: Pointer,
    row: number,
    out: Pointer,
    hop: number,
  ): void;
}

/** Bytes of all lanes together; everything is aligned to it. */
const LANE_BYTES = 16;
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

const memory = new platform.Memory({ initial: 64, maximum: 16_384 });
const wasm = fs.readFileSync(path.join(__dirname, 'simd', 'kernels.wasm'));
const instance = new platform.Instance(new platform.Module(wasm), { env: { memory, abort: () => {} } });

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

/** Keeps numbers for the life of the process; for tables. Not within `withScratch`. */
function keepFloats(values: ArrayLike<number>): Pointer {
  const place = keep(4 * values.length);
  floatsAt(place, values.length).set(values);
  return place;
}

/** As `keepFloats`, for float64. */
function keepDoubles(values: ArrayLike<number>): Pointer {
  const place = keep(8 * values.length);
  doublesAt(place, values.length).set(values);
  return place;
}

/** As `keepFloats`, for whole numbers. */
function keepIntegers(values: ArrayLike<number>): Pointer {
  const place = keep(4 * values.length);
  integersAt(place, values.length).set(values);
  return place;
}

function keep(bytes: number): Pointer {
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

/** Where cos(2πk / length) and −sin(2πk / length) are kept, for k below ¾ · length. Not within `withScratch` at first. */
export function turn(length: number, precision: Precision): [Pointer, Pointer] {
  const key = `${length} ${precision}`;
  const known = turns.get(key);
  if (known) return known;
  const angles = Array.from({ length: (3 * length) / 4 }, (_, k) => (2 * Math.PI * k) / length);
  const keepNumbers = precision === 'double' ? keepDoubles : keepFloats;
  const made: [Pointer, Pointer] = [keepNumbers(angles.map(Math.cos)), keepNumbers(angles.map((a) => -Math.sin(a)))];
  turns.set(key, made);
  return made;
}
const turns = new Map<string, [Pointer, Pointer]>();

/** How exactly a transform computes. `single` is twice as fast. */
export type Precision = 'single' | 'double';

/** The tables and work space of the transform of one frame length. */
export class FrameTransform {
  readonly bins: number;
  /** Frames transformed at once. */
  readonly lanes: number;
  /** Where `spectra` leaves its results, [bins × lanes] each; `powers` writes to the first. */
  readonly re: Pointer;
  readonly im: Pointer;
  private readonly half: number;
  private readonly window: Pointer;
  private readonly halfWindow: Pointer;
  private readonly tables: [Pointer, Pointer, Pointer];
  private readonly work: Pointer;
  private readonly power: Power;
  private readonly size: number;

  private constructor(
    length: number,
    readonly precision: Precision,
    window: Float64Array,
  ) {
    const double = precision === 'double';
    const { order } = new RealFft(length).tables;
    const keepNumbers = double ? keepDoubles : keepFloats;
    this.half = length / 2;
    this.bins = this.half + 1;
    this.lanes = double ? LANES_64 : LANES;
    this.size = double ? 8 : 4;
    this.power = double ? kernels.power64 : kernels.power32;
    this.window = keepNumbers(window);
    this.halfWindow = keepNumbers(window.map((weight) => weight / 2));
    this.tables = [keepIntegers(order), ...turn(length, precision)];
    const room = (values: number): Pointer => keep(values * LANE_BYTES);
    this.work = room(2 * this.half);
    this.re = room(this.bins);
    this.im = room(this.bins);
  }

  /**
   * The transform of a frame length, a power of two; made once. Not within `withScratch` for the first time.
   *
   * @param shape default `hann`
   * @param winLength samples of the window, in the middle of the frame; default `length`
   */
  static of(length: number, precision: Precision, shape: WindowShape = 'hann', winLength = length): FrameTransform {
    const key = `${length} ${precision} ${shape} ${winLength}`;
    const known = transforms.get(key) ?? new FrameTransform(length, precision, frameWindow(shape, winLength, length));
    transforms.set(key, known);
    return known;
  }

  /**
   * The spectra of as many windowed frames as there are lanes; double precision only.
   *
   * @param samples where the first frame begins
   * @param hopLength samples from one frame to the next
   */
  spectra(samples: Pointer, hopLength: number): void {
    if (this.size !== 8) throw new RangeError('spectra: the transform must be double, got single');
    const { half, halfWindow, tables, work } = this;
    kernels.forward64(half, halfWindow, ...tables, work, samples, hopLength * 8, this.re, this.im);
  }

  /** The power spectra of as many frames, likewise. */
  powers(samples: Pointer, hopLength: number): void {
    this.power(this.half, this.halfWindow, ...this.tables, this.work, samples, hopLength * this.size, this.re);
  }

  /**
   * Adds two windowed frames to a signal, given their spectra in rows; double precision only.
   *
   * @param row bytes from one spectrum to the next
   * @param out where the first frame begins
   */
  addFrames(spectrumRe: Pointer, spectrumIm: Pointer, row: number, out: Pointer, hopLength: number): void {
    if (this.size !== 8) throw new RangeError('addFrames: the transform must be double, got single');
    const { half, window, tables, work } = this;
    kernels.inverseAdd(half, window, ...tables, work, spectrumRe, spectrumIm, row, out, hopLength * 8);
  }
}
const transforms = new Map<string, FrameTransform>();
