/**
 * HDF5 files in memory, read and written by a thread of its own.
 *
 * A damaged file can send the HDF5 library round in circles, or leave it in a state in which the next file fails: the
 * thread is ended then, and the next file gets a new one.
 */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { ModelFault } from './fields';
import type { Hdf5Content, Hdf5Reply, Hdf5Request, Hdf5Snapshot } from './hdf5-worker';

export type { Hdf5Content } from './hdf5-worker';

/** Milliseconds that a file may take, besides those for its size: far more than any whole file needs. */
const PATIENCE = 20_000;
const BYTES_PER_MILLISECOND = 10_000;

let idle: Worker | undefined;

/** Reads a file's content. */
export async function readHdf5(bytes: Uint8Array): Promise<Hdf5File> {
  return new Hdf5File(await ask<Hdf5Snapshot>(bytes, bytes.length));
}

/** The bytes of an HDF5 file that any HDF5 library since 1.8 reads. */
export async function writeHdf5(content: Hdf5Content): Promise<Uint8Array> {
  let size = 0;
  for (const { values } of content.arrays.values()) size += values.byteLength;
  return ask<Uint8Array>(content, size);
}

/** Asks a thread, which is kept for the next request unless something went wrong. */
async function ask<Result>(request: Hdf5Request, size: number): Promise<Result> {
  const patience = PATIENCE + size / BYTES_PER_MILLISECOND;
  const worker = idle ?? new Worker(path.join(__dirname, 'hdf5-worker.js'), { stdout: true, stderr: true });
  idle = undefined;
  worker.ref();
  let timer: NodeJS.Timeout | undefined;
  try {
    const result = await new Promise<Result>((resolve, reject) => {
      const fail = (reason: string): void => reject(new ModelFault(`the weights are no sound HDF5 file (${reason})`));
      timer = setTimeout(() => fail(`not read in ${Math.round(patience / 1000)} s`), patience);
      worker.once('message', (reply: Hdf5Reply) =>
        'fault' in reply ? fail(reply.fault) : resolve(reply.result as Result),
      );
      worker.once('error', (error) => fail(error.message));
      worker.once('exit', () => fail('the HDF5 library gave up'));
      worker.postMessage(request);
    });
    forget(worker);
    worker.unref();
    // If two workers were busy at the same time, one is kept.
    if (idle) await worker.terminate();
    else idle = worker;
    return result;
  } catch (fault) {
    forget(worker);
    await worker.terminate();
    throw fault;
  } finally {
    clearTimeout(timer);
  }
}

/** Removes this module's event handlers; others are Node's own. */
function forget(worker: Worker): void {
  for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
}

/** An HDF5 file that was read into memory. Every fault names the path within it. */
export class Hdf5File {
  constructor(private readonly snapshot: Hdf5Snapshot) {}

  /** Names in a group, in the file's order; empty if there is no such group. */
  names(group: string): string[] {
    return this.snapshot.groups.get(group)?.names ?? [];
  }

  /** Shape of an array in single precision, undefined if there is none. */
  shape(place: string): number[] | undefined {
    const { groups, arrays } = this.snapshot;
    if (groups.has(place)) throw new ModelFault(`"${place}" must be an array, got a group`);
    const found = arrays.get(place);
    if (found && found.dtype !== '"<f"')
      throw new ModelFault(`"${place}" must be in single precision, got ${found.dtype}`);
    return found?.shape;
  }

  /** An array in single precision. */
  read(place: string): { shape: number[]; values: Float32Array } {
    const shape = this.shape(place);
    const values = this.snapshot.arrays.get(place)?.values;
    if (!shape || !values) throw new ModelFault(`no array at "${place}"`);
    return { shape, values };
  }

  /** A single number of any kind, undefined if there is none. */
  scalar(place: string): number | undefined {
    const values = this.snapshot.arrays.get(place)?.values;
    return values?.length === 1 ? values[0] : undefined;
  }

  /** A text attribute of a group, undefined if there is none. */
  text(group: string, name: string): string | undefined {
    const value = this.attribute(group, name);
    return typeof value === 'string' ? value : undefined;
  }

  /** An attribute of a group that lists texts, undefined if there is none. */
  texts(group: string, name: string): string[] | undefined {
    const list = (part: string): string[] | undefined => {
      const value = this.attribute(group, part);
      return typeof value === 'string' ? undefined : value;
    };
    const whole = list(name);
    if (whole) return whole;
    // Keras cuts lists that an attribute cannot hold into name0, name1, …
    const parts: string[][] = [];
    for (let part = list(`${name}0`); part; part = list(`${name}${parts.length}`)) parts.push(part);
    return parts.length > 0 ? parts.flat() : undefined;
  }

  private attribute(group: string, name: string): string | string[] | undefined {
    const found = this.snapshot.groups.get(group)?.attributes;
    return found && Object.hasOwn(found, name) ? found[name] : undefined;
  }
}
