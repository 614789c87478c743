/** A `.keras` file: a zip of metadata.json, config.json and model.weights.h5. */
import fs from 'node:fs';
import { archiveEntries } from '../../data/archive';
import { isRecord, ModelFault, reasonOf, shown } from './fields';

/** Contents of a `.keras` file. */
export interface KerasArchive {
  config: unknown;
  weights: Uint8Array;
}

/** The newest version of Keras whose files were tried. */
const NEWEST = [3, 15] as const;

const MAX_BYTES = 2 * 1024 ** 3;

/** The bytes of a file that must be there. */
export function readBytes(file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch (cause) {
    throw new ModelFault(`the model must be a readable file (${reasonOf(cause)})`, { cause });
  }
}

/**
 * Reads the parts, of which metadata.json holds the version.
 *
 * @param allowNewer whether files of a Keras newer than any that was tried are read too
 */
export function readArchive(file: string, allowNewer: boolean): KerasArchive {
  const start = readBytes(file).subarray(0, 4);
  if (start[0] === 0x80)
    throw new ModelFault('the file is a Python pickle, which is never executed; save it as .keras');
  if (start.toString('latin1') !== 'PK\x03\x04') {
    throw new ModelFault(
      `a .keras file must be a zip archive, got one that begins with ${shown(start.toString('hex'))}`,
    );
  }
  const entries = archiveEntries(file, { maxBytes: MAX_BYTES, maxEntries: 1000 });
  const part = (name: string): Buffer => {
    const found = entries.find((entry) => entry.name === name);
    if (found) return found.read();
    const names = entries.slice(0, 8).map((entry) => entry.name);
    throw new ModelFault(`a .keras file must hold ${name}, got ${shown(names)}; save it again with Keras 3`);
  };
  const pickle = entries.find(({ name }) => /\.(?:pkl|pickle|npz|npy)$/.test(name));
  if (pickle)
    throw new ModelFault(`${shown(pickle.name)} may hold pickles, which are never executed; save with weights in HDF5`);
  const json = (name: string): unknown => {
    const text = part(name).toString('utf8');
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new ModelFault(`${name} must be JSON, got ${shown(text.slice(0, 40))}; the file is damaged`, { cause });
    }
  };
  checkVersion(json('metadata.json'), allowNewer);
  return { config: json('config.json'), weights: part('model.weights.h5') };
}

function checkVersion(metadata: unknown, allowNewer: boolean): void {
  const version = isRecord(metadata) ? metadata.keras_version : undefined;
  const [major, minor] = String(version).split('.').map(Number);
  if (!Number.isInteger(major) || !Number.isInteger(minor)) {
    throw new ModelFault(`the keras_version in metadata.json must be as 3.15.1, got ${shown(version)}`);
  }
  if (major < 3)
    throw new ModelFault(`a .keras file must be of Keras 3, got ${version}; save it as .h5, or again with Keras 3`);
  const newer = major > NEWEST[0] || minor > NEWEST[1];
  if (newer && !allowNewer) {
    throw new ModelFault(`files up to Keras ${NEWEST.join('.')} were tried, got ${version}; try the option allowNewer`);
  }
}
