/**
 * Reads and writes HDF5 files in a thread of its own: the one door to h5wasm, the HDF5 library as WebAssembly.
 *
 * Files lie in h5wasm's own memory, so that nothing that a file names, such as a link to another file, reaches the
 * disk. h5wasm is an ES module: CommonJS can only `import()` it.
 */
import { parentPort } from 'node:worker_threads';

/** Everything in a file. Paths have no slash in front; '' is the root. */
export interface Hdf5Snapshot {
  groups: Map<string, { names: string[]; attributes: Record<string, string | string[]> }>;
  /** Values of arrays in single precision, and of single numbers of any kind. */
  arrays: Map<string, { shape: number[]; dtype: string; values: Float32Array | undefined }>;
}

/** Data to write. */
export interface Hdf5Content {
  /** By path; their groups come of themselves. */
  arrays: Map<string, { shape: number[]; values: Float32Array | Int32Array }>;
  /** Groups to be there even if empty. */
  groups: string[];
}

/** A file to read, or a content to write. */
export type Hdf5Request = Uint8Array | Hdf5Content;
/** A snapshot, or the bytes of a file. */
export type Hdf5Reply = { result: Hdf5Snapshot | Uint8Array } | { fault: string };

type H5wasm = typeof import('h5wasm', { with: { 'resolution-mode': 'import' }});
type H5File = InstanceType<H5wasm['File']>;
type Group = InstanceType<H5wasm['Group']>;
type Dataset = InstanceType<H5wasm['Dataset']>;
type Module = Awaited<H5wasm['ready']>;

const FILE = '/file.h5';
/** Groups within groups; a link to a group above would never end. */
const MAX_DEPTH = 32;
const MAX_OBJECTS = 100_000;
/** Compressed arrays may be larger than the file, by what deflate can do at most. */
const MAX_EXPANSION = 1032;
const MAX_BYTES = 2 ** 31;

async function load(): Promise<{ h5wasm: H5wasm; module: Module }> {
  const h5wasm = await import('h5wasm');
  const module = await h5wasm.ready;
  // Faults of the library become exceptions, instead of results that look like an empty file.
  (module as unknown as { activate_throwing_error_handler(): void }).activate_throwing_error_handler();
  return { h5wasm, module };
}
const loaded = load();

/** Everything in the file. */
async function read(bytes: Uint8Array): Promise<Hdf5Snapshot> {
  const { h5wasm, module } = await loaded;
  module.FS.writeFile(FILE, bytes);
  const file: H5File = new h5wasm.File(FILE, 'r');
  const snapshot: Hdf5Snapshot = { groups: new Map(), arrays: new Map() };
  let budget = Math.min(MAX_BYTES, bytes.length * MAX_EXPANSION);
  const visit = (path: string, object: unknown, depth: number): void => {
    if (depth > MAX_DEPTH || snapshot.groups.size + snapshot.arrays.size > MAX_OBJECTS) {
      throw new Error(`groups must not lie in a circle, got more than ${MAX_DEPTH} levels or ${MAX_OBJECTS} objects`);
    }
    if (object instanceof h5wasm.Group) {
      const names = object.keys();
      snapshot.groups.set(path, { names, attributes: attributesOf(object) });
      for (const name of names) visit(path === '' ? name : `${path}/${name}`, object.get(name), depth + 1);
    } else if (object instanceof h5wasm.Dataset) {
      const { shape, total_size: size } = object.metadata;
      budget -= 4 * size;
      if (!(budget >= 0)) throw new Error(`"${path}" must be no larger than its file allows, got ${size} values`);
      snapshot.arrays.set(path, { shape: shape ?? [], dtype: JSON.stringify(object.dtype), values: valuesOf(object) });
    }
    // Links that lead out of the file, or nowhere, are as if they were not there.
  };
  visit('', file, 0);
  file.close();
  module.FS.unlink(FILE);
  return snapshot;
}

function valuesOf(dataset: Dataset): Float32Array | undefined {
  if (dataset.metadata.total_size > 1 && dataset.dtype !== '<f') return undefined;
  const { value } = dataset;
  if (typeof value === 'number' || typeof value === 'bigint') return Float32Array.of(Number(value));
  return value instanceof Float32Array ? value : undefined;
}

/** Attributes that are texts, or lists of texts. */
function attributesOf(group: Group): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = {};
  for (const [name, attribute] of Object.entries(group.attrs)) {
    const { value } = attribute;
    // h5py writes an empty list as one of numbers.
    if (ArrayBuffer.isView(value) && value.byteLength === 0) found[name] = [];
    else if (typeof value === 'string') found[name] = value;
    else if (Array.isArray(value) && value.every((text) => typeof text === 'string')) found[name] = value;
  }
  return found;
}

/** The bytes of a file. */
async function write({ arrays, groups }: Hdf5Content): Promise<Uint8Array> {
  const { h5wasm, module } = await loaded;
  const file = new h5wasm.File(FILE, 'w');
  const made = new Set<string>();
  const make = (path: string): void => {
    if (path === '' || made.has(path)) return;
    make(parentOf(path));
    file.create_group(path);
    made.add(path);
  };
  for (const path of groups) make(path);
  for (const [path, { shape, values }] of arrays) {
    make(parentOf(path));
    file.create_dataset({ name: path, data: values, shape, dtype: values instanceof Int32Array ? '<i' : '<f' });
  }
  file.flush();
  file.close();
  const bytes = Uint8Array.from(module.FS.readFile(FILE));
  module.FS.unlink(FILE);
  return bytes;
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

async function answer(request: Hdf5Request): Promise<Hdf5Reply> {
  try {
    return { result: await (request instanceof Uint8Array ? read(request) : write(request)) };
  } catch (cause) {
    // The library's error report has a line per function of the call stack; the last one gives the reason.
    const lines = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    const reason = lines.filter((line) => /^\s+#\d+:/.test(line)).at(-1) ?? lines[0];
    return { fault: reason.replace(/^.*\(\): /, '').trim() };
  }
}

parentPort?.on('message', async (request: Hdf5Request) => {
  parentPort?.postMessage(await answer(request));
});
