/** Binary files of a feature store: written clip by clip, for constant memory, and read on demand. */
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from '../../errors';
import { hashFile } from './clip-content';

/** The arrays of a store, each in a file of its own of little-endian float32 numbers. */
export const ARRAYS = ['standard', 'augmented', 'voice'] as const;
export type ArrayName = (typeof ARRAYS)[number];
export type FeatureArrays = Record<ArrayName, Float32Array>;

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

/**
 * The arrays of a folder, each read when it is first looked at.
 *
 * @throws SerError `bad-artefact` if a file is missing, or its content does not match the hash
 */
export function openArrays(folder: string, hashes: Record<ArrayName, string>): FeatureArrays {
  for (const name of ARRAYS) {
    const file = fileOf(folder, name);
    if (!fs.existsSync(file) || hashFile(file) !== hashes[name]) {
      throw new SerError('bad-artefact', `loadFeatures: ${file} is missing or damaged; run 2-features again`);
    }
  }
  const read = new Map<ArrayName, Float32Array>();
  const array = (name: ArrayName): Float32Array => {
    const bytes = read.has(name) ? undefined : fs.readFileSync(fileOf(folder, name));
    if (bytes) {
      read.set(name, new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)));
    }
    return read.get(name) ?? new Float32Array(0);
  };
  return {
    get standard() {
      return array('standard');
    },
    get augmented() {
      return array('augmented');
    },
    get voice() {
      return array('voice');
    },
  };
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
      fs.writeSync(
        handle,
        `${before}\n${JSON.stringify(name)}: ${Array.isArray(member) ? '[' : JSON.stringify(member)}`,
      );
      if (Array.isArray(member)) {
        for (const [i, item] of member.entries()) {
          fs.writeSync(handle, `${i === 0 ? '' : ','}\n${JSON.stringify(item)}`);
        }
        fs.writeSync(handle, '\n]');
      }
      before = ',';
    }
    fs.writeSync(handle, '\n}\n');
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
