/**
 * HDF5 files in memory: the one door to h5wasm, the HDF5 library as WebAssembly.
 *
 * Files lie in h5wasm's own memory, so that nothing that a file names, such as a link to another file, reaches the
 * disk. h5wasm is an ES module: CommonJS can only `import()` it.
 */
import { ModelFault } from './fault';

type H5wasm = typeof import('h5wasm', { with: { 'resolution-mode': 'import' }});
type H5File = InstanceType<H5wasm['File']>;
type Group = InstanceType<H5wasm['Group']>;
type Dataset = InstanceType<H5wasm['Dataset']>;

/** An array as a file holds it. */
export interface StoredArray {
  shape: number[];
  values: Float32Array;
}

/** An HDF5 file that was read into memory. Every fault names the path within it. */
export interface Hdf5Reader {
  /** Names in a group, in the file's order; empty if there is no such group. */
  names(group: string): string[];
  /** Shape of an array in single precision, undefined if there is none. */
  shape(path: string): number[] | undefined;
  /** An array in single precision. Ask for its shape first: this takes the memory that it needs. */
  read(path: string): StoredArray;
  /** A single number of any kind, undefined if there is none. */
  scalar(path: string): number | undefined;
  /** A text attribute, undefined if there is none. */
  text(path: string, attribute: string): string | undefined;
  /** An attribute that lists texts, undefined if there is none. */
  texts(path: string, attribute: string): string[] | undefined;
}

let loading: Promise<H5wasm> | undefined;
let files = 0;

async function load(): Promise<H5wasm> {
  loading ??= import('h5wasm').then(async (h5wasm) => {
    const module = await h5wasm.ready;
    // Faults become exceptions instead of pages on stderr.
    (module as unknown as { activate_throwing_error_handler(): void }).activate_throwing_error_handler();
    return h5wasm;
  });
  return loading;
}

/** Hands a file's content to `use`, and frees it. Numbers are copied out. */
export async function readHdf5<T>(bytes: Uint8Array, use: (file: Hdf5Reader) => T): Promise<T> {
  const h5wasm = await load();
  const { FS } = await h5wasm.ready;
  const name = `/read-${++files}.h5`;
  FS.writeFile(name, bytes);
  let file: H5File | undefined;
  try {
    file = open(h5wasm, name, 'r');
    return use(readerOf(h5wasm, file));
  } finally {
    close(file);
    FS.unlink(name);
  }
}

/** What is written at a path: an array, or a group's attributes. */
export interface Hdf5Content {
  /** By path; groups come of themselves. */
  arrays: Map<string, { shape: number[]; values: Float32Array | Int32Array }>;
  /** Groups to be there even if empty. */
  groups: string[];
}

/** The bytes of an HDF5 file that any HDF5 library since 1.8 reads. */
export async function writeHdf5({ arrays, groups }: Hdf5Content): Promise<Uint8Array> {
  const h5wasm = await load();
  const { FS } = await h5wasm.ready;
  const name = `/write-${++files}.h5`;
  let file: H5File | undefined;
  try {
    file = open(h5wasm, name, 'w');
    const made = new Set<string>();
    const group = (path: string): void => {
      if (path === '' || made.has(path)) return;
      group(parentOf(path));
      file?.create_group(path);
      made.add(path);
    };
    for (const path of groups) group(path);
    for (const [path, { shape, values }] of arrays) {
      group(parentOf(path));
      file.create_dataset({ name: path, data: values, shape, dtype: values instanceof Int32Array ? '<i' : '<f' });
    }
    file.flush();
    close(file);
    file = undefined;
    return Uint8Array.from(FS.readFile(name));
  } finally {
    close(file);
    if (FS.analyzePath(name).exists) FS.unlink(name);
  }
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

function open(h5wasm: H5wasm, name: string, mode: 'r' | 'w'): H5File {
  return new h5wasm.File(name, mode);
}

function close(file: H5File | undefined): void {
  try {
    file?.close();
  } catch {
    // A damaged file may not close either; its memory goes with the name.
  }
}

/** A list of texts; h5py writes an empty list as one of numbers. */
function listOf(value: unknown): string[] | undefined {
  if (ArrayBuffer.isView(value) && value.byteLength === 0) return [];
  return Array.isArray(value) && value.every((text) => typeof text === 'string') ? value : undefined;
}

function readerOf(h5wasm: H5wasm, file: H5File): Hdf5Reader {
  const find = (path: string): Group | Dataset | undefined => {
    let found: Group | Dataset = file;
    for (const part of path.split('/').filter((name) => name !== '')) {
      if (!(found instanceof h5wasm.Group) || !found.keys().includes(part)) return undefined;
      const next = found.get(part);
      if (!(next instanceof h5wasm.Group || next instanceof h5wasm.Dataset)) {
        throw new ModelFault(`weights must lie in the file itself, got a link or another thing at "${path}"`);
      }
      found = next;
    }
    return found;
  };
  const array = (path: string): Dataset | undefined => {
    const found = find(path);
    if (found instanceof h5wasm.Group) throw new ModelFault(`"${path}" must be an array, got a group`);
    return found;
  };
  const shape = (path: string): number[] | undefined => {
    const found = array(path);
    if (!found) return undefined;
    const { dtype } = found;
    if (dtype !== '<f') throw new ModelFault(`"${path}" must be in single precision, got ${JSON.stringify(dtype)}`);
    return found.shape ?? [];
  };
  const attribute = (path: string, name: string): unknown => {
    const found = find(path);
    return found && Object.hasOwn(found.attrs, name) ? found.attrs[name].value : undefined;
  };
  return {
    names(group) {
      const found = find(group);
      return found instanceof h5wasm.Group ? found.keys() : [];
    },
    shape,
    read(path) {
      const size = shape(path);
      const values = array(path)?.value;
      const floats = typeof values === 'number' ? Float32Array.of(values) : values;
      if (!size || !(floats instanceof Float32Array)) throw new ModelFault(`no array at "${path}"`);
      return { shape: size, values: floats };
    },
    scalar(path) {
      const value = array(path)?.value;
      return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
    },
    text(path, name) {
      const value = attribute(path, name);
      return typeof value === 'string' ? value : undefined;
    },
    texts(path, name) {
      const whole = listOf(attribute(path, name));
      if (whole) return whole;
      // Keras cuts lists that an attribute cannot hold into name0, name1, …
      const parts: string[][] = [];
      for (
        let part = listOf(attribute(path, `${name}0`));
        part;
        part = listOf(attribute(path, `${name}${parts.length}`))
      ) {
        parts.push(part);
      }
      return parts.length > 0 ? parts.flat() : undefined;
    },
  };
}
