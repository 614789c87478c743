/** Messages to and from the HDF5 thread. */

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

export type Hdf5Request = { bytes: Uint8Array } | { content: Hdf5Content };
export type Hdf5Reply = { snapshot: Hdf5Snapshot } | { bytes: Uint8Array } | { fault: string };
