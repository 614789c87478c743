/** Binary files of a feature store: written clip by clip, for constant memory, and read on demand. */
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from '../../errors';
import { hashFile } from './clip-content';

/** The arrays of a store, each in a file of its own of little-endian float32 numbers. */
export const ARRAYS = ['standard', 'augmented', 'voice'] as const;
export type ArrayName = (typeof ARRAYS)[number];

/**
 * The clips as they are, [clips × frames × coefficients]; their augmented copies,
 * [clips × copies × frames × coefficients]; mean coefficients of whole recordings, [clips × 40].
 */
export type FeatureArrays = Readonly<Record<ArrayName, Float32Array>>;

const fileOf = (folder: string, name: ArrayName): string => path.join(folder, `${name}.f32`);

/** Takes the features of clips in any order. */
export class FeatureWriter {
  private readonly handles = new Map<ArrayName, number>();

  constructor(private readonly folder: string) {
    fs.mkdirSync(folder, { recursive: true });
    for (const name of ARRAYS) this.handles.set(name, fs.openSync(fileOf(folder, name), 'w'));
  }

  /** Writes one clip's numbers to their places; every clip has as many. */
  write(index: number, features: FeatureArrays): void {
    for (const [name, handle] of this.handles) {
      const { buffer, byteOffset, byteLength } = features[name];
      fs.writeSync(handle, Buffer.from(buffer, byteOffset, byteLength), 0, byteLength, index * byteLength);
    }
  }

  /** Sees everything onto the disk; returns the SHA-256 of each file. */
  finish(): Record<ArrayName, string> {
    for (const handle of this.handles.values()) fs.fsyncSync(handle);
    this.close();
    const entries = ARRAYS.map((name) => [name, hashFile(fileOf(this.folder, name))]);
    return Object.fromEntries(entries) as Record<ArrayName, string>;
  }

  /** Gives up what was written. */
  abandon(): void {
    this.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private close(): void {
    for (const handle of this.handles.values()) fs.closeSync(handle);
    this.handles.clear();
  }
}

/** Reads a file of little-endian float32 numbers. */
export function readFloats(file: string): Float32Array {
  const bytes = fs.readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/**
 * Adds the arrays of a folder to an object, each read when it is first looked at.
 *
 * @throws SerError `bad-artefact` if a file is missing, or its content does not match the hash
 */
export function withArrays<Store extends object>(
  store: Store,
  folder: string,
  hashes: Record<ArrayName, string>,
): Store & FeatureArrays {
  for (const name of ARRAYS) {
    const file = fileOf(folder, name);
    if (!fs.existsSync(file) || hashFile(file) !== hashes[name]) {
      throw new SerError('bad-artefact', `loadFeatures: ${file} is missing or damaged; run 2-features again`);
    }
    let values: Float32Array | undefined;
    Object.defineProperty(store, name, {
      enumerable: true,
      configurable: true,
      get: () => {
        values ??= readFloats(file);
        return values;
      },
    });
  }
  return store as Store & FeatureArrays;
}

/**
 * Writes an object as JSON to a new file and sees it onto the disk: its lists an item a line, so that neither the
 * reader's eye nor memory must take them whole.
 */
export function writeByLines(file: string, value: object): void {
  const handle = fs.openSync(file, 'wx');
  try {
    let before = '{';
    for (const [name, member] of Object.entries(value)) {
      fs.writeSync(handle, `${before}\n${JSON.stringify(name)}: `);
      before = ',';
      if (!Array.isArray(member)) {
        fs.writeSync(handle, JSON.stringify(member));
        continue;
      }
      for (const [i, item] of member.entries()) fs.writeSync(handle, `${i === 0 ? '[' : ','}\n${JSON.stringify(item)}`);
      fs.writeSync(handle, member.length === 0 ? '[\n]' : '\n]');
    }
    fs.writeSync(handle, '\n}\n');
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
